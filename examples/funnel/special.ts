import { done, in_, step } from "daybook"
import { command, when, workflow } from "./parts.ts"

/** Tells whoever visits us for the first time of a special, and begins a quote for them when they click on it. */
export const offerSpecial = workflow("OfferSpecial", {
  startedBy: {
    StageReached: ({ stream: { id }, data: { to } }) => (to === "visitor" ? { to: id, data: {}, owner: id } : null),
  },
  start: async ({ target, snapshot }) => {
    const [special] = await snapshot.idsOf("Special", { limit: 1 })
    const known = special === undefined ? null : await snapshot.entity(special)
    const { product, title } = known?.document ?? {}
    if (special === undefined || typeof product !== "string" || typeof title !== "string")
      return done({ isClicked: false })
    return step({ special, product })
      .send(command("SendEmail", target.id, { letter: "special", about: title }))
      .timer("clicked", when("SpecialClicked", { special, person: target.id }))
      .timer("over", in_("2 weeks"))
  },
  on: ({ heard }) => ({
    clicked: heard("SpecialClicked", ({ data: { product }, target }) =>
      done({ isClicked: true }).send(command("RequestQuote", target.id, { product })),
    ),
    over: () => done({ isClicked: false }),
  }),
})
