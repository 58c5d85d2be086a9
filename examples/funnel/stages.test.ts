import { given, happened } from "daybook/testing"
import { describe, expect, test } from "vitest"
import app from "./app.ts"
import { command, event, reject } from "./parts.ts"
import { person } from "./person.ts"
import { moveOn, stages, ways } from "./stages.ts"
import { store } from "./story.ts"

const because = { event: "PageViewed", id: "e1" }
const ann = { name: "Ann", email: "ann@example.org" }
const at = (stage: (typeof stages)[number]) =>
  given(person)
    .in(app)
    .from({ ...ann, stage })
const pairs = stages.flatMap(from => stages.map(to => ({ from, to })))
const legal = pairs.filter(({ from, to }) => ways.some(way => way.from === from && way.to === to))
const illegal = pairs.filter(pair => !legal.includes(pair))

describe("five ways lead from stage to stage:", () => {
  test("five, and no more [W10]", () => {
    expect([legal.length, illegal.length]).toEqual([5, 31])
    expect(illegal.filter(({ from, to }) => from !== to)).toHaveLength(25)
  })

  test.each(legal)("from $from to $to [W5 W6 W7 W8 W9]", ({ from, to }) => {
    const moving = at(from).when(command("MoveOn", "ann", { to, because }))
    moving.then(event("StageReached", { from, to, because }))
    expect(moving.state).toMatchObject({ stage: to })
  })

  test.each(illegal)("none from $from to $to [W10]", ({ from, to }) => {
    const moving = at(from).when(command("MoveOn", "ann", { to, because }))
    moving.then(reject("NoSuchWay", { from, to }))
    expect(moving.state).toMatchObject({ stage: from })
  })
})

test.each(ways)("$by leads from $from to $to, and nobody who is elsewhere anywhere [W5 W6 W7 W8 W9]", async way => {
  const data = {
    PageViewed: event("PageViewed", { page: "lamps" }),
    MembershipApproved: event("MembershipApproved", {}),
    OrderPlaced: event("OrderPlaced", { quote: "q", product: "lamp", amount: 1 }),
    GoodsOffered: event("GoodsOffered", { goods: "lamps" }),
    CarriageOffered: event("CarriageOffered", { route: "north" }),
  }
  for (const stage of stages) {
    const moving = given(moveOn)
      .in(app)
      .knowing({ type: "Person", id: "ann", document: { ...ann, stage } })
      .when(happened(data[way.by], { to: "ann" }))
    const { requests } = await moving
    const told = requests.map(({ data: said }) => said["to"])
    expect(told).toEqual(ways.filter(one => one.from === stage && one.by === way.by).map(({ to }) => to))
  }
})

test("each stage is reached once, and leads back to the event that caused it [W3 W10 W32]", async () => {
  const running = await store()
  await running.ask(command("ViewPage", "ann", { page: "ropes" }), { as: "ann" })
  await running.ask(command("ApplyForMembership", "ann", { plan: "harbour club" }), { as: "ann" })
  await running.settle()
  await running.ask(command("ApproveMembership", "ann", {}), { as: "sam" })
  await running.settle()
  const reached = await running.events("StageReached")
  expect(reached.map(({ data }) => [data["from"], data["to"]])).toEqual([
    ["lead", "visitor"],
    ["visitor", "member"],
  ])
  const all = await running.events()
  for (const { data, causedBy } of reached) {
    const why = data["because"] as { readonly event: string; readonly id: string }
    const cause = all.find(({ id }) => id === why.id)
    expect(cause?.type).toBe(why.event)
    expect(await running.daybook.command(causedBy.id)).toMatchObject({ parent: cause?.causedBy.id })
  }
  await running.close()
})

test("what moves people on is not theirs to ask for [W10]", async () => {
  const running = await store()
  const asked = running.ask(command("MoveOn", "ann", { to: "member", because }), { as: "ann" })
  await expect(asked).rejects.toMatchObject({ code: "forbidden" })
  const approving = running.ask(command("ApproveMembership", "ann", {}), { as: "ann" })
  await expect(approving).rejects.toMatchObject({ code: "forbidden" })
  await running.close()
})
