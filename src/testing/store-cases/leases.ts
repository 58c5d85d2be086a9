import { ok, rejects } from "node:assert/strict"
import type { LeaseStore } from "../../ports/leases.ts"
import { kinds, same, storeCase, type Stage, type StoreCase } from "../store-case.ts"
import { aDelivery, aPage, aParked, aTransaction } from "../writes.ts"

// Long enough not to end while a case runs; the time of the other one is over at once.
const longMs = 3_600_000
const overMs = 0

/** Who does what only one may do at a time. */
export const leaseCases: readonly StoreCase[] = [
  storeCase("a lease is one holder's until it is given back, and epochs only grow", async ({ store: { leases } }) => {
    const first = await taken(leases, "work", "ann")
    same(await leases.take("work", "bob", longMs), null)
    same(await leases.renew("work", "bob", first, longMs), false)
    same(await leases.renew("work", "ann", first, longMs), true)
    await leases.release("work", "bob", first)
    await leases.release("work", "ann", first + 1)
    same(await leases.take("work", "bob", longMs), null)
    await leases.release("work", "ann", first)
    same(await leases.renew("work", "ann", first, longMs), false)
    const second = await taken(leases, "work", "bob")
    ok(second > first, "the epoch has not grown")
  }),

  storeCase("each lease is by itself, whatever its name", async ({ store: { leases } }) => {
    for (const name of ["a", "A", "__proto__", "projection:x/1", "'"]) {
      await taken(leases, name, name)
      same(await leases.take(name, "another", longMs), null)
    }
  }),

  storeCase("a lease whose time is over is another's for the taking, and its old holder is told", async stage => {
    const { leases } = stage.store
    const first = await taken(leases, "work", "ann", overMs)
    const second = await taken(leases, "work", "bob")
    ok(second > first, "the epoch has not grown")
    same(await leases.renew("work", "ann", first, longMs), false)
    await leases.release("work", "ann", first)
    same(await leases.renew("work", "bob", second, longMs), true)
    same(await leases.take("work", "ann", longMs), null)
  }),

  storeCase("a lease that has run out can be held on to while nobody has taken it", async ({ store: { leases } }) => {
    const epoch = await taken(leases, "work", "ann", overMs)
    same(await leases.renew("work", "ann", epoch, longMs), true)
    same(await leases.take("work", "bob", longMs), null)
  }),

  storeCase(
    "whoever takes a lease anew has a new epoch, and the old one is of no use",
    async ({ store: { leases } }) => {
      const first = await taken(leases, "work", "ann")
      const second = await taken(leases, "work", "ann")
      ok(second > first, "the epoch has not grown")
      same(await leases.renew("work", "ann", first, longMs), false)
      same(await leases.renew("work", "ann", second, longMs), true)
    },
  ),

  storeCase(
    "what is written under a lease is kept while the lease is the same, though its time is over",
    async stage => {
      const fence = { name: "work", epoch: await taken(stage.store.leases, "work", "ann", overMs) }
      await stage.store.projections.begin("projection", 1)
      await stage.done(aDelivery({ reached: 3, fence }), aPage({ rows: [["key", { n: 1 }]], fence }))
      same(await reached(stage), [3, 1])
    },
  ),

  storeCase("the leases that somebody holds are listed, with who holds each and for how long", async stage => {
    const { leases } = stage.store
    same(await leases.held(), [])
    const done = await taken(leases, "done", "ann")
    await taken(leases, "work", "bob", longMs)
    await taken(leases, "other", "ann", longMs / 2)
    await taken(leases, "over", "bob", overMs)
    await leases.release("done", "ann", done)
    const held = await leases.held()
    same(
      held.map(({ name, holder }) => [name, holder]),
      [
        ["other", "ann"],
        ["work", "bob"],
      ],
    )
    const [other, work] = held
    ok(other!.msLeft <= longMs / 2 && other!.msLeft > longMs / 4, "half the time, less what has passed")
    ok(work!.msLeft <= longMs && work!.msLeft > longMs / 2, "all the time, less what has passed")
  }),

  storeCase("a transaction under a stale lease drops out, and is no duplicate when it comes again", async stage => {
    const { leases } = stage.store
    const old = { name: "work", epoch: await taken(leases, "work", "ann", overMs) }
    same(kinds(await stage.commit(aTransaction({ id: "first", fence: old }))), ["done"])
    const fence = { name: "work", epoch: await taken(leases, "work", "bob") }
    same(kinds(await stage.commit(aTransaction({ id: "a", fence: old }), aTransaction({ id: "b", fence }))), [
      "conflict",
      "done",
    ])
    same(await stage.store.commands.find(["a"]), [null])
    same(kinds(await stage.commit(aTransaction({ id: "a", fence }))), ["done"])
  }),

  storeCase("what is written under a stale lease drops out alone, and is not kept", async stage => {
    const { leases } = stage.store
    await stage.store.projections.begin("projection", 1)
    const old = { name: "work", epoch: await taken(leases, "work", "ann", overMs) }
    const fence = { name: "work", epoch: await taken(leases, "work", "bob") }
    const outcomes = await stage.commit(
      aDelivery({ reached: 9, parked: [aParked()], fence: old }),
      aTransaction(),
      aPage({ rows: [["key", { n: 1 }]], reached: 9, fence: old }),
      aDelivery({ reached: 1, fence }),
      aDelivery({ consumer: "other", reached: 1, fence: { name: "nobody's", epoch: 1 } }),
    )
    same(kinds(outcomes), ["conflict", "done", "conflict", "done", "conflict"])
    same(await reached(stage), [1, 0])
    same(await stage.store.deliveries.reached("other"), null)
    same(await stage.store.deliveries.parked("consumer"), [])
    await leases.release("work", "bob", fence.epoch)
    same(kinds(await stage.commit(aDelivery({ reached: 2, fence }))), ["conflict"])
    same(await reached(stage), [1, 0])
  }),

  storeCase("under a stale lease no projection is begun and none is swapped", async stage => {
    const { leases, projections } = stage.store
    const old = { name: "work", epoch: await taken(leases, "work", "ann", overMs) }
    await projections.begin("sums", 1, old)
    await projections.swap("sums", 1, old)
    await stage.done(aPage({ name: "sums", version: 1, rows: [["key", { n: 1 }]], reached: 1 }))
    const fence = { name: "work", epoch: await taken(leases, "work", "bob") }
    await rejects(async () => projections.begin("sums", 1, old), { code: "conflict" })
    await rejects(async () => projections.begin("sums", 2, old), { code: "conflict" })
    await projections.begin("sums", 2, fence)
    await rejects(async () => projections.swap("sums", 2, old), { code: "conflict" })
    const known = async () =>
      (await projections.progress()).map(({ version, reached, live }) => [version, reached, live])
    same(await known(), [
      [1, 1, true],
      [2, 0, false],
    ])
    same([...(await projections.rows("sums", 1, ["key"])).values()], [{ n: 1 }])
    await projections.swap("sums", 2, fence)
    same(await known(), [[2, 0, true]])
  }),
]

async function taken(leases: LeaseStore, name: string, holder: string, ms = longMs): Promise<number> {
  const lease = await leases.take(name, holder, ms)
  if (lease === null) throw new Error(`${holder} did not get the lease ${name}`)
  return lease.epoch
}

async function reached({ store }: Stage): Promise<unknown[]> {
  return [await store.deliveries.reached("consumer"), (await store.projections.progress())[0]?.reached]
}
