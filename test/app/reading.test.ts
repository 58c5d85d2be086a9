import { describe, expect, test } from "vitest"
import { acc, bankApp } from "../commands/bank.ts"
import { person, registryApp } from "../commands/registry.ts"
import { refusalOf, storeNames, World } from "../commands/world.ts"

describe.each(storeNames)("on %s", name => {
  const begin = async () => {
    const world = await World.on(name, bankApp())
    await world.ask("OpenAccount", acc("a"), {}, { id: "open" })
    await world.clock.advance(60_000)
    await world.ask("Deposit", acc("a"), { amount: 5 }, { as: "bob" })
    return world
  }

  test("a snapshot is a value: whatever happens, it answers the same [L83 N21]", async () => {
    const world = await begin()
    const [then, now] = [await world.daybook.snapshot(1), await world.daybook.snapshot()]
    await world.ask("Deposit", acc("a"), { amount: 5 })
    await world.ask("OpenAccount", acc("b"), { number: "7" })
    expect((await then.entity("a"))?.document).toEqual({ owner: "", balance: 0 })
    expect((await now.entity("a"))?.document).toEqual({ owner: "", balance: 5 })
    expect([then.t, now.t, await now.entity("b")]).toEqual([1, 2, null])
    expect(await now.idsOf("Account")).toEqual(["a"])
    expect(await now.idsBy("Account/number", "7")).toEqual([])
    expect(await (await world.daybook.snapshot()).idsBy("Account/number", "7")).toEqual(["b"])
    expect(await now.idsBy("Account/number", ["7"])).toEqual([])
  })

  test("a snapshot of what is still to come is one of now", async () => {
    const world = await begin()
    const snapshot = await world.daybook.snapshot(9_999)
    await world.ask("Deposit", acc("a"), { amount: 5 })
    expect([snapshot.t, (await snapshot.entity("a"))?.document]).toEqual([2, { owner: "", balance: 5 }])
  })

  test("an instant stands for the last t at or before it", async () => {
    const world = await begin()
    expect(await world.daybook.tAt("2030-01-01T00:00:30Z")).toBe(1)
    expect(await world.daybook.tAt("2030-01-01T01:01:00+01:00")).toBe(2)
    expect(await world.daybook.tAt("1999-01-01T00:00:00Z")).toBe(0)
    for (const wrong of ["5", "yesterday", "2030-01-01", "2030-13-01T00:00:00Z", "2030-01-01T00:00:00"]) {
      expect((await refusalOf(world.daybook.tAt(wrong))).code).toBe("malformed")
    }
  })

  test("streams are read from a version on, and have no gap", async () => {
    const world = await begin()
    const { events, version, type } = await world.daybook.stream("a", 2, 10)
    expect([events.map(e => e.stream.version), version, type]).toEqual([[2], 2, "Account"])
    expect(await world.daybook.stream("none", 1, 10)).toEqual({ events: [], version: 0, type: null })
    expect(await world.daybook.streams({ limit: 10 })).toEqual([{ type: "Account", id: "a", version: 2 }])
  })

  test("commands are found by their owner, their state and their type, newest first [W19 W23 W24]", async () => {
    const world = await begin()
    const of = async (filter: object) =>
      (await world.daybook.commands({ limit: 10, ...filter })).map(c => c.command.type)
    expect(await of({})).toEqual(["Deposit", "OpenAccount"])
    expect(await of({ owner: "bob" })).toEqual(["Deposit"])
    expect(await of({ state: "failed" })).toEqual([])
    expect(await world.daybook.command("none")).toBe(null)
  })

  test("children are all there, in the order in which they were asked for", async () => {
    const world = await begin()
    const ids = Array.from({ length: 450 }, (_, i) => `child-${i}`)
    await Promise.all(
      ids.map(id =>
        world.daybook.request(
          { id, type: "Deposit", target: acc(id), data: { amount: 1 } },
          { actor: "system", parent: "open", correlationId: "open" },
        ),
      ),
    )
    expect(await world.daybook.children("open")).toEqual(ids)
  })

  test("what is sensitive stays inside: not in events, streams, follows or answers; the past is rebuilt from it [CE8]", async () => {
    const world = await World.on(name, registryApp)
    const outcome = await world.transact([person("ann", { code: "s3cret" })])
    await world.transact([person("ann", { code: "s3cret2" })])
    await world.transact([person("ann", { code: null })])
    const told: unknown[] = [outcome, await world.events(), await world.daybook.stream("ann", 1, 9)]
    const abort = new AbortController()
    for await (const events of world.daybook.follow(0, { signal: abort.signal })) {
      told.push(events)
      abort.abort()
    }
    expect(JSON.stringify(told)).not.toContain("s3cret")
    const changes = (await world.events()).map(e => (e.data["attributes"] as { code: unknown }).code)
    const hidden = "(redacted)"
    expect(changes).toEqual([{ new: hidden }, { old: hidden, new: hidden }, { old: hidden }])
    expect(await world.findings()).toEqual([])
  })

  test("what a follower is handed live is hidden as well [CE8]", async () => {
    const world = await World.on(name, registryApp)
    const abort = new AbortController()
    const following = world.daybook.follow(0, { signal: abort.signal })[Symbol.asyncIterator]()
    const next = following.next()
    await world.clock.idle()
    await world.transact([person("ann", { code: "s3cret" })])
    expect(JSON.stringify(await next)).not.toContain("s3cret")
    abort.abort()
  })

  test("an entity that its events do not make is found [X1]", async () => {
    const world = await begin()
    const { entities } = world.store
    const original = { ...entities }
    Object.assign(entities, {
      at: (id: string, t: number) => {
        const found = original.at(id, t) as { document: object } | null
        return found && t === 2 ? { ...found, document: { ...found.document, balance: 6 } } : found
      },
    })
    expect(await world.findings()).toEqual([
      { check: "rebuild", t: 2, sentence: "Account a is not what its events make of it at t 2" },
    ])
  })
})
