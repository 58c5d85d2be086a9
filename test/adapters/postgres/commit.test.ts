import { beforeEach, describe, expect, test } from "vitest"
import type { PostgresOptions } from "../../../src/adapters/postgres/index.ts"
import type { Store } from "../../../src/ports/store.ts"
import type { Write, WriteOutcome } from "../../../src/ports/write.ts"
import { aDelivery, anEvent, anInstance, aTransaction, writer } from "../../../src/testing/writes.ts"
import { anIntruder, aPlace, aServer, aStore, findings } from "./place.ts"

const server = await aServer()

describe.skipIf(server === null)("several processes on one schema", { timeout: 60_000 }, () => {
  let place: PostgresOptions
  let [one, other] = [] as unknown as [Store, Store]

  beforeEach(async () => {
    place = aPlace(server!)
    ;[one, other] = [await aStore(place), await aStore(place)]
  })

  test("commit at once without a gap, with whole chain and streams [X2 X10]", async () => {
    const outcomes = await Promise.all(
      [one, other].flatMap((store, s) =>
        Array.from({ length: 20 }, async (_, b) => {
          const write = writer(`w${s}-${b}`)
          const own = Array.from({ length: 8 }, (_, i) =>
            write.put(`thing-${s}-${b}-${i % 4}`, { name: `${s}-${b}-${i}` }),
          )
          // All of them want the next place in one stream as well; most are overtaken.
          const contested = aTransaction({
            id: `c${s}-${b}`,
            events: [anEvent({ stream: { id: "contested", version: b + 1 } })],
          })
          return store.commit([...own, contested])
        }),
      ),
    )
    const done = outcomes.flat().filter(outcome => outcome.kind === "done")
    const ts = done.map(({ t }) => t).toSorted((a, b) => a - b)
    expect(ts).toEqual(ts.map((_, i) => i + 1))
    expect(done.length).toBeGreaterThanOrEqual(320)
    expect(outcomes.every(batch => batch.slice(0, 8).every(({ kind }) => kind === "done"))).toBe(true)
    const stream = await one.log.stream("contested", 1, 100)
    expect(stream.events.map(({ stream: { version } }) => version)).toEqual(stream.events.map((_, i) => i + 1))
    expect(await findings(other)).toEqual([])
  })

  test("first and further steps go together, and each command keeps what it asked for [CP6 L21]", async () => {
    const command = (id: string) => ({
      ...anInstance({ id }),
      command: { id, type: "Put", target: { type: "Thing", id }, data: { of: id }, expectedVersion: 3 },
    })
    const begun = (id: string) => aTransaction({ instance: { ...command(id), state: "waiting" } })
    const [first] = await one.commit([begun("a"), begun("b")])
    const t = (first as Extract<WriteOutcome, { kind: "done" }>).t
    const ended = (id: string, follows: number) =>
      aTransaction({ instance: { ...command(id), result: { ended: id } }, first: false, follows })
    // Some of both, then nothing but further steps.
    const outcomes = [...(await one.commit([ended("a", t), begun("c"), begun("d")]))]
    outcomes.push(...(await one.commit([ended("b", t + 1), ended("c", t + 3), ended("d", t + 4)])))
    expect(outcomes.map(({ kind }) => kind)).toEqual(outcomes.map(() => "done"))
    const found = await other.commands.find(["a", "b", "c", "d"])
    expect(found.map(instance => [instance?.command, instance?.result, instance?.owner])).toEqual(
      ["a", "b", "c", "d"].map(id => [command(id).command, { ended: id }, "system"]),
    )
    expect(await findings(other)).toEqual([])
  })

  test("entities that are made at once and change at once stay on their pages: half of each is left for that", async () => {
    const [write, client] = [writer("w"), await anIntruder(place)]
    const pages = async () =>
      (await client.query("SELECT id, (ctid::text::point)[0] AS page FROM entities ORDER BY id")).rows
    await one.commit(Array.from({ length: 300 }, (_, i) => write.put(`e${i}`, { n: 1 })))
    const before = await pages()
    await one.commit(Array.from({ length: 300 }, (_, i) => write.put(`e${i}`, { n: 2 })))
    expect(before).toHaveLength(300)
    expect(await pages()).toEqual(before)
  })

  test("of two decisions on the same version one is overtaken, and fits when it is made again [TR5]", async () => {
    const [a, b] = [writer("a"), writer("b")]
    const results = await Promise.all([one.commit([a.put("x", { n: 1 })]), other.commit([b.put("x", { n: 2 })])])
    expect(
      results
        .flat()
        .map(({ kind }) => kind)
        .toSorted(),
    ).toEqual(["conflict", "done"])
    const [head] = await other.entities.heads(["x"])
    expect(head!.version).toBe(1)
    const again = aTransaction({ id: "again", events: [anEvent({ stream: { id: "x", version: 2 } })] })
    expect((await other.commit([again])).map(({ kind }) => kind)).toEqual(["done"])
  })

  test("a command that comes to both is executed once, again and again [TR4]", async () => {
    for (let i = 0; i < 20; i++) {
      const send = async (store: Store) => store.commit([writer(`same-${i}`).put(`thing-${i}`, {})])
      const outcomes = (await Promise.all([send(one), send(other)])).flat()
      expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["done", "duplicate"])
    }
    expect(await one.basis()).toBe(20)
  })

  test("a unique value that both want is one's, again and again", async () => {
    for (let i = 0; i < 20; i++) {
      const take = async (store: Store, who: string) =>
        store.commit([writer(who + i).put(`${who}-${i}`, { name: `v${i}` })])
      const outcomes = (await Promise.all([take(one, "a"), take(other, "b")])).flat()
      expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["conflict", "done"])
      expect(await one.entities.holders("Thing/name", `v${i}`)).toHaveLength(1)
    }
    expect(await findings(one)).toEqual([])
  })

  test("a further step of a command that both take is taken once", async () => {
    const [first] = (await one.commit([aTransaction({ instance: anInstance({ id: "long", state: "running" }) })])) as [
      Extract<WriteOutcome, { kind: "done" }>,
    ]
    const step = aTransaction({ first: false, follows: first.t, instance: anInstance({ id: "long" }) })
    const outcomes = (await Promise.all([one.commit([step]), other.commit([step])])).flat()
    expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(["done", "duplicate"])
  })

  test("instants do not go back though one process is an hour behind", async () => {
    let ms = Date.UTC(2030, 0, 1)
    const [ahead, behind] = [
      await aStore({ ...place, now: () => ms }),
      await aStore({ ...place, now: () => ms - 3_600_000 }),
    ]
    const ats: string[] = []
    for (const [i, store] of [ahead, behind, ahead, behind].entries()) {
      ms += 1_000
      const [outcome] = await store.commit([aTransaction({ id: `c${i}` })])
      if (outcome?.kind === "done") ats.push(outcome.at)
    }
    expect(ats).toHaveLength(4)
    expect(ats).toEqual(ats.toSorted())
  })
})

describe.skipIf(server === null)("what cannot be stored", () => {
  const poisoned: readonly [string, Write][] = [
    ["a name with a zero in it", aTransaction({ id: "p", actor: "a\u0000b" })],
    ["a text with a zero in it", aTransaction({ instance: anInstance({ id: "p", correlationId: "a\u0000b" }) })],
    [
      "a number that no column takes",
      aTransaction({ id: "p", events: [anEvent({ typeVersion: 2 ** 40, stream: { id: "p" } })] }),
    ],
    ["a step of a command that is not there", aTransaction({ id: "p", first: false })],
    ["a consumer with a zero in its name", aDelivery({ consumer: "a\u0000b", reached: 1 })],
  ]

  test.each(poisoned)("drops out alone, with why: %s [N9]", async (_, poison) => {
    const store = await aStore(aPlace(server!))
    const write = writer()
    const outcomes = await store.commit([write.put("a", { name: "x" }), poison, write.put("b", { name: "y" })])
    expect(outcomes).toMatchObject([
      { kind: "done", t: 1 },
      { kind: "conflict", unique: false },
      { kind: "done", t: 2 },
    ])
    expect(JSON.stringify(outcomes[1])).toMatch(/cannot be stored/)
    expect((await store.commit([write.put("a", { name: "z" })]))[0]).toMatchObject({ kind: "done", t: 3 })
    expect(await findings(store)).toEqual([])
  })

  test("a value that is longer than an index takes is looked up all the same", async () => {
    const store = await aStore(aPlace(server!))
    const [name, like] = ["x".repeat(100_000), `${"x".repeat(99_999)}y`]
    const write = writer()
    await store.commit([write.put("a", { name }), write.put("b", { name: like })])
    expect(await store.entities.holders("Thing/name", name)).toEqual(["a"])
    expect((await store.commit([write.put("c", { name: like })]))[0]?.kind).toBe("conflict")
    expect(await findings(store)).toEqual([])
  })
})

describe.skipIf(server === null)("the log in its partitions", () => {
  test("goes on into the next one, made ahead, for all processes and in one batch [N6]", async () => {
    const place = { ...aPlace(server!), partitionSize: 10 }
    const [one, other] = [await aStore(place), await aStore(place)]
    const write = writer()
    for (let i = 0; i < 18; i++) await (i % 2 === 0 ? one : other).commit([write.put("a", { i })])
    const many = Array.from({ length: 45 }, (_, i) => write.put(`b${i}`, {}))
    expect((await one.commit(many)).every(({ kind }) => kind === "done")).toBe(true)
    expect((await other.commit([write.put("a", {})]))[0]).toMatchObject({ kind: "done", t: 64 })
    expect((await one.log.stream("a", 1, 100)).events).toHaveLength(19)
    expect((await one.log.read(0, 100)).events).toHaveLength(64)
    expect(await one.log.tAt(Date.now() + 1_000)).toBe(64)
    expect(await findings(one)).toEqual([])
  })
})
