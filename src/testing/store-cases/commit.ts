import { ok } from "node:assert/strict"
import { kinds, same, storeCase, upTo, type StoreCase } from "../store-case.ts"
import { anEvent, anInstance, aDelivery, aPage, aRefusal, aTransaction, writer } from "../writes.ts"
import { expectedEvents, wholeLog } from "./expected.ts"

/** What a commit answers, and in which order things are there. */
export const commitCases: readonly StoreCase[] = [
  storeCase("a new store is at t 0 and empty", async ({ store }) => {
    same(await store.basis(), 0)
    same(await store.log.read(0, 10), { events: [], reached: 0, isEnd: true })
    same(await store.log.streams({ limit: 10 }), [])
    same(await store.commands.list({ limit: 10 }), [])
    same(await store.timers.next(), null)
    same(await store.maintenance.chain(), { t: 0, hash: "" })
  }),

  storeCase("t is 1, 2, 3 … in the order of the writes, over batches of any size", async stage => {
    const write = writer()
    const batches = [1, 3, 1, 20, 2].map(size => upTo(size).map(i => write.put(`thing-${i}`, { size })))
    const seen: number[] = []
    for (const batch of batches) seen.push(...(await stage.done(...batch)).map(done => done.t))
    same(seen, upTo(27))
    same(await stage.store.basis(), 27)
    const written = batches.flat().map(transaction => transaction.instance.command.id)
    same(
      (await wholeLog(stage.store)).map(({ event }) => event.causedBy.id),
      written,
    )
  }),

  storeCase("whatever a transaction holds is there when its commit resolves", async stage => {
    const write = writer().put(
      "thing",
      { name: "one", size: 3 },
      { timers: [{ id: "timer", due: 5, payload: { a: 1 } }] },
    )
    const [done] = await stage.done(write)
    same((await stage.store.log.read(0, 10)).events, expectedEvents(write, done!))
    same((await stage.store.entities.at("thing", 1))?.document, { name: "one", size: 3 })
    same(await stage.store.entities.holders("Thing/name", "one"), ["thing"])
    same((await stage.store.commands.find(["command-1"]))[0]?.state, "succeeded")
    same(await stage.store.timers.next(), 5)
  }),

  storeCase("a transaction without events has a t like any other", async stage => {
    const [first, second] = await stage.done(aTransaction({ id: "a" }), aTransaction({ id: "b" }))
    same([first!.t, second!.t], [1, 2])
    same(await stage.store.log.transaction(1), [])
    same(await stage.store.log.read(0, 10), { events: [], reached: 2, isEnd: true })
  }),

  storeCase("an empty batch has no outcomes and changes nothing", async stage => {
    same(await stage.commit(), [])
    same(await stage.store.basis(), 0)
  }),

  storeCase("refusals, deliveries and pages take no t", async stage => {
    await stage.store.projections.begin("projection", 1)
    const write = writer()
    const outcomes = await stage.done(
      aRefusal(),
      write.put("a", {}),
      aDelivery({ reached: 1 }),
      aPage({}),
      write.put("a", {}),
    )
    same([outcomes[1]!.t, outcomes[4]!.t], [1, 2])
    same(await stage.store.basis(), 2)
  }),

  storeCase("ten commits that overlap leave no gap, and each keeps the order of its writes", async stage => {
    const write = writer()
    const batches = upTo(10).map(i => upTo(3).map(j => write.put(`thing-${i}-${j}`, { i, j })))
    const outcomes = await Promise.all(batches.map(batch => stage.done(...batch)))
    const ts = outcomes.map(batch => batch.map(done => done.t))
    const inOrder = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b)
    for (const batch of ts) same(batch, inOrder(batch))
    same(inOrder(ts.flat()), upTo(30))
    const log = await wholeLog(stage.store)
    same([log.map(({ event }) => event.t), log.length], [upTo(30), 30])
  }),

  storeCase("overlapping commits of the same command execute it once", async stage => {
    const sends = upTo(5).map(async () => stage.commit(writer().put("thing", { name: "one" })))
    const outcomes = (await Promise.all(sends)).flat()
    same(kinds(outcomes).toSorted(), ["done", "duplicate", "duplicate", "duplicate", "duplicate"])
    same(await stage.store.basis(), 1)
  }),

  storeCase("instants do not go back although the clock does", async stage => {
    const write = writer()
    const outcomes = []
    for (const step of [0, 5_000, -60_000, 1, 3_600_000, -1]) {
      if (step < 0) stage.clock.back(-step)
      else await stage.clock.advance(step)
      outcomes.push(...(await stage.done(write.put("thing", { step }), write.put("other", { step }))))
    }
    const ats = outcomes.map(done => done.at)
    same(ats.toSorted(), ats)
    same(
      (await wholeLog(stage.store)).map(({ event }) => event.at),
      ats,
    )
  }),

  storeCase(
    "a transaction taken over from elsewhere keeps its t and its instant, and only the next t will do",
    async stage => {
      const write = writer()
      const at = "2011-10-01T00:38:44.546Z"
      const [done] = await stage.done(write.put("a", { n: 1 }, { recorded: { t: 1, at } }))
      same([done!.t, done!.at], [1, at])
      for (const t of [1, 3]) {
        const attempt = aTransaction({
          id: `wrong-${t}`,
          recorded: { t, at },
          events: [anEvent({ stream: { id: "b" } })],
        })
        const outcomes = await Promise.resolve(stage.commit(attempt)).catch(() => [])
        ok(!kinds(outcomes).includes("done"), `t ${t} was taken where 2 is next`)
      }
      same(await stage.store.basis(), 1)
      const [second] = await stage.done(write.put("a", { n: 2 }))
      same(second!.t, 2)
      ok(second!.at >= at, "the instant went back")
    },
  ),

  storeCase("a commit that is under way when the store is closed is finished first", async stage => {
    const writes = upTo(50).map(i => writer(`c${i}`).put(`thing-${i}`, { i }))
    const pending = stage.done(...writes)
    const reopened = stage.reopen()
    same((await pending).length, 50)
    same(await (await reopened).basis(), 50)
  }),

  storeCase("a store does not ring for its own commits, and a listener can be taken back", async stage => {
    let rings = 0
    const stop = stage.store.onBell(() => (rings += 1))
    await stage.done(aTransaction({ instance: anInstance() }))
    await stage.clock.advance(60_000)
    same(rings, 0)
    stop()
    stop()
  }),
]
