import { done, failed, in_, step } from "daybook"
import { command, workflow } from "./parts.ts"

type Quoting = {
  readonly person: string
  readonly product: string
  readonly price: number
  /** How many are wanted; 0: that is not said yet. */
  readonly amount: number
  /** It is finished, and cannot be ordered before there is a membership. */
  readonly isBlocked: boolean
}

const orderOf = (quote: string, { person, product, amount }: Quoting) =>
  command("PlaceOrder", person, { quote, product, amount })

/** From the question what something costs to the order: it waits for its owner to finish it, and for them to become a member. */
export const requestQuote = workflow("RequestQuote", {
  start: async ({ id, data: { product }, target, snapshot }) => {
    const price = (await snapshot.entity(product))?.document["price"]
    if (typeof price !== "number") return failed(`There is no product ${product}`, { product })
    return step<Quoting>({ person: target.id, product, price, amount: 0, isBlocked: false })
      .wait("finished", { quote: id }, { user: true, until: in_("30 days") })
      .timer("reminder", in_("3 days"))
  },
  on: ({ heard, ended }) => ({
    reminder: ({ data }) =>
      step(data).send(command("SendEmail", data.person, { letter: "unfinished", about: data.product })),
    finished: heard(
      "QuoteFinished",
      { expired: ({ data: { product } }) => failed("It was never finished", { product }) },
      ({ id, data, event: { data: said } }) => {
        const wanted = { ...data, amount: said.amount }
        return step(wanted).cancel("reminder").spawn("order", orderOf(id, wanted))
      },
    ),
    order: ended("PlaceOrder", ({ data, outcome: { state, rejections } }) => {
      const { person, product, price, amount } = data
      if (state === "succeeded") {
        const letter = command("SendEmail", person, { letter: "ordered", about: product, amount })
        return done({ product, amount, costs: price * amount }).send(letter)
      }
      if (rejections[0]?.type !== "MembershipNeeded") return failed("It could not be ordered", { product })
      return step({ ...data, isBlocked: true }).wait("member", { "@stream": person, to: "member" })
    }),
    // Who becomes a member at just that time is not overlooked: what comes early is kept.
    member: heard("StageReached", { match: ({ person }) => ({ "@stream": person, to: "member" }) }, ({ id, data }) =>
      step({ ...data, isBlocked: false }).spawn("order", orderOf(id, data)),
    ),
  }),
})
