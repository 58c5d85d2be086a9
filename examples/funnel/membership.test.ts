import { given } from "daybook/testing"
import { expect, test } from "vitest"
import app from "./app.ts"
import { becomeMember } from "./membership.ts"
import { command, event } from "./parts.ts"
import { store, subjectsOf } from "./story.ts"

const plan = "harbour club"
const start = command("BecomeMember", "ann", { plan })
const letter = (kind: "patience" | "approved" | "declined") =>
  command("SendEmail", "ann", { letter: kind, about: plan })

test("a membership waits for approval, and then for the welcome to be read [W15 W16]", async () => {
  const { life } = await given(becomeMember)
    .in(app)
    .start(start, "ann")
    .thenWaits("approved", "declined", "patience")
    .after("3 days")
    .thenSends(letter("patience"))
    .when(event("MembershipApproved", {}))
    .thenSends(letter("approved"))
    .thenWaits("welcomed")
    .when(event("WelcomeRead", {}))
    .thenDone({ isApproved: true })
  expect(life.state).toBe("succeeded")
})

test("or is declined", async () => {
  const { life } = await given(becomeMember)
    .in(app)
    .start(start, "ann")
    .when(event("MembershipDeclined", {}))
    .thenSends(letter("declined"))
    .thenDone({ isApproved: false })
  expect(life.state).toBe("succeeded")
})

test("an application starts it in the name of whoever applies, and years may pass [W22 W29 W41]", async () => {
  const running = await store()
  await running.ask(command("ApplyForMembership", "ann", { plan }), { as: "ann" })
  await running.settle()
  const [membership] = await running.commands("BecomeMember")
  expect(membership).toMatchObject({ state: "waiting", owner: "ann" })
  await running.restart()
  await running.advance(2 * 365 * 86_400_000)
  expect(await running.life(membership!.command.id)).toMatchObject({ state: "waiting" })
  await running.ask(command("ApproveMembership", "ann", {}), { as: "sam" })
  await running.settle()
  expect(await subjectsOf(running)).toEqual([
    "Storm lamps for the price of candles",
    "Your membership is pending",
    "You have been approved",
  ])
  expect(await running.state("ann")).toMatchObject({ stage: "member", membership: "approved" })
  await running.close()
})
