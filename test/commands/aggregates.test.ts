import { describe, expect, test } from "vitest"
import { fold } from "../../src/app/fold.ts"
import { isObject } from "../../src/kernel/json.ts"
import { acc, account, bankApp } from "./bank.ts"
import { refusalOf, storeNames, World } from "./world.ts"

describe.each(storeNames)("on %s", name => {
  const begin = () => World.on(name, bankApp())

  test("a command becomes the events that its aggregate decides, and they become the entity's attributes [CE1 CP1 N7 N33]", async () => {
    const world = await begin()
    const outcome = await world.ask("OpenAccount", acc("a"), { owner: { first: "ann" } })
    expect(outcome).toMatchObject({ state: "succeeded", t: 1 })
    expect(outcome.events.map(e => e.type)).toEqual(["AccountOpened"])
    await world.ask("Deposit", acc("a"), { amount: 5 })
    expect(await world.document("a")).toEqual({ owner: "Ann", balance: 5 })
  })

  test("an event carries its place, its cause and who asked, and its data is the normalised outcome [N34 N35 N37 CE3 CE4 A37]", async () => {
    const world = await begin()
    const command = { id: "c-1" }
    const { events } = await world.ask("OpenAccount", acc("a"), { owner: { first: "joe", last: "schmoe" } }, command)
    expect(events).toEqual([
      {
        id: world.daybook.ids.of("c-1", 0),
        type: "AccountOpened",
        stream: { type: "Account", id: "a", version: 1 },
        t: 1,
        n: 0,
        at: world.clock.iso(),
        data: { owner: "Joe Schmoe" },
        rejection: false,
        causedBy: { type: "OpenAccount", id: "c-1" },
        correlationId: "c-1",
        actor: "ann",
        schemaVersion: 3,
        typeVersion: 1,
      },
    ])
    expect(await world.events()).toEqual(events)
  })

  test("all events of one command are one transaction, in order, with the ids that follow from it [CE11 CE12 CP5 A15]", async () => {
    const world = await begin()
    const { events, t } = await world.ask("WithdrawTwice", acc("a"), { amount: 2 }, { id: "c-1" })
    expect(events.map(e => [e.t, e.n, e.stream.version, e.id])).toEqual([
      [t, 0, 1, world.daybook.ids.of("c-1", 0)],
      [t, 1, 2, world.daybook.ids.of("c-1", 1)],
    ])
    const page = await world.daybook.events(0, { limit: 10 })
    expect(page.events.map(e => e.kind)).toEqual([null, "created"])
    expect(await world.document("a")).toEqual({ balance: -4 })
  })

  test("a rejection is recorded, answered as rejected, and changes nothing [X6 CE10 L10]", async () => {
    const world = await begin()
    await world.ask("OpenAccount", acc("a"))
    const outcome = await world.ask("Withdraw", acc("a"), { amount: 3 })
    expect(outcome).toMatchObject({ state: "rejected", t: 2 })
    expect(outcome.events).toMatchObject([{ type: "Overdrawn", rejection: true, data: { balance: 0, amount: 3 } }])
    expect(await world.daybook.entity("a")).toMatchObject({ fromT: 1, document: { owner: "" } })
    expect((await world.daybook.stream("a", 1, 10)).version).toBe(2)
  })

  test("a rejection may be the first event of a stream: there is no entity then", async () => {
    const world = await begin()
    expect((await world.ask("Withdraw", acc("a"), { amount: 3 })).state).toBe("rejected")
    expect(await world.document("a")).toBe(null)
    expect((await world.ask("OpenAccount", acc("a"))).state).toBe("succeeded")
    expect(await world.findings()).toEqual([])
  })

  test("that nothing happened is never silent: a command that nothing comes of is rejected with an event that says so [CE10]", async () => {
    const world = await begin()
    await world.ask("Label", acc("a"), { labels: ["old"] })
    const outcome = await world.ask("Label", acc("a"), { labels: ["old"] }, { id: "again" })
    expect(outcome).toMatchObject({ id: "again", state: "rejected", t: 2 })
    const stream = { type: "Account", id: "a", version: 2 }
    expect(outcome.events).toMatchObject([{ type: "NothingHappened", stream, rejection: true, data: {} }])
    expect((await world.instance("again")).state).toBe("rejected")
    expect(await world.document("a")).toEqual({ balance: 0, labels: ["old"] })
    expect(await world.findings()).toEqual([])
  })

  test("an entity whose evolve says null is no more, and may come to be again [L10]", async () => {
    const world = await begin()
    for (const type of ["OpenAccount", "CloseAccount", "OpenAccount"]) await world.ask(type, acc("a"))
    const kinds = (await world.daybook.events(0, { limit: 10 })).events.map(e => e.kind)
    expect(kinds).toEqual(["created", "retracted", "created"])
    expect((await world.daybook.snapshot(2)).t).toBe(2)
    expect(await (await world.daybook.snapshot(2)).entity("a")).toBe(null)
    expect(await world.daybook.entity("a")).toMatchObject({ fromT: 3 })
  })

  test("the state at any t is the left fold of the stream up to there [N36 N37 N39 X1]", async () => {
    const world = await begin()
    await world.ask("OpenAccount", acc("a"))
    for (const amount of [5, 7, 3]) await world.ask("Deposit", acc("a"), { amount })
    await world.ask("Withdraw", acc("a"), { amount: 4 })
    await world.ask("Withdraw", acc("a"), { amount: 400 })
    const { events } = await world.daybook.stream("a", 1, 100)
    const { initial } = world.daybook.schema.entities.get("Account")!
    for (let t = 1; t <= 6; t++) {
      const state = fold(
        account,
        initial,
        events.filter(e => e.t <= t),
      )
      const snapshot = await world.daybook.snapshot(t)
      expect({ labels: [], balance: 0, ...(await snapshot.entity("a"))?.document }).toEqual(state)
    }
    expect(await world.findings()).toEqual([])
  })

  test("nobody can write to a command, an event or a state: whoever tries gets a TypeError [N26 N31 N38 X4]", async () => {
    const seen: unknown[] = []
    const app = bankApp()
    const greedy = {
      ...account,
      decide: {
        ...account.decide,
        Deposit: (data: unknown, state: { labels: string[] }, { command }: { command: unknown }) => {
          seen.push(data, command)
          state.labels.push("mine")
          return []
        },
      },
    }
    const world = await World.on(name, { ...app, aggregates: [greedy as never, app.aggregates[1]!] })
    await world.ask("Label", acc("a"), { labels: ["old"] })
    const outcome = await world.ask("Deposit", acc("a"), { amount: 1 })
    expect(outcome).toMatchObject({ state: "failed", error: { class: "dev" } })
    expect(await world.document("a")).toEqual({ labels: ["old"], balance: 0 })
    expect(seen.every(Object.isFrozen)).toBe(true)
    const [event] = (await world.ask("OpenAccount", acc("b"), { owner: { first: "x" } })).events
    expect(Object.isFrozen(event?.data) && isObject(event?.data)).toBe(true)
  })

  test("more events than a transaction takes are refused, and nothing of it happens", async () => {
    const world = await begin()
    const refusal = await refusalOf(world.ask("Misbehave", acc("a"), { how: "flood" }))
    expect(refusal.code).toBe("too-large")
    expect(await world.events()).toEqual([])
  })

  test.each(["throw", "mix", "bad data", "unknown event", "foreign event", "nonsense", "no list"])(
    "a decision that is wrong (%s) fails its command as a bug, and nothing of it happens [CP8 A16]",
    async how => {
      const world = await begin()
      const outcome = await world.ask("Misbehave", acc("a"), { how }, { id: how })
      expect(outcome).toMatchObject({ state: "failed", error: { class: "dev", code: "bug" }, events: [] })
      expect(await world.events()).toEqual([])
      expect(await world.document("a")).toBe(null)
      expect((await world.ask("OpenAccount", acc("a"))).state).toBe("succeeded")
    },
  )
})
