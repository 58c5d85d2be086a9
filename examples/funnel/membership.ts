import { done, in_, step } from "daybook"
import { command, workflow } from "./parts.ts"

/** Waits for somebody who works here to decide, however long that takes; and then for the welcome to be read. */
export const becomeMember = workflow("BecomeMember", {
  startedBy: { MembershipAsked: ({ stream: { id }, data }) => ({ to: id, data, owner: id }) },
  start: ({ data, target: { id } }) =>
    step({ ...data, isApproved: false })
      .wait("approved", { "@stream": id })
      .wait("declined", { "@stream": id })
      .timer("patience", in_("3 days")),
  on: ({ heard }) => ({
    patience: ({ data, target }) =>
      step(data).send(command("SendEmail", target.id, { letter: "patience", about: data.plan })),
    approved: heard("MembershipApproved", ({ data, target: { id } }) =>
      step({ ...data, isApproved: true })
        .cancel("declined", "patience")
        .send(command("SendEmail", id, { letter: "approved", about: data.plan }))
        .wait("welcomed", { "@stream": id }, { user: true }),
    ),
    declined: heard("MembershipDeclined", ({ data, target: { id } }) =>
      done({ isApproved: false }).send(command("SendEmail", id, { letter: "declined", about: data.plan })),
    ),
    welcomed: heard("WelcomeRead", () => done({ isApproved: true })),
  }),
})
