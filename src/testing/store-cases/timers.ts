import type { TimerChange } from "../../ports/write.ts"
import { kinds, same, storeCase, upTo, type Stage, type StoreCase } from "../store-case.ts"
import { aTransaction, anEvent } from "../writes.ts"

/** Timers, set and taken back by the transactions that mean it. */
export const timerCases: readonly StoreCase[] = [
  storeCase("timers that are due come earliest first, with their payload, at most as many as asked", async stage => {
    await set(stage, { c: 300, a: 100, b: 200, late: 1_893_456_000_000 })
    const { timers } = stage.store
    same(await timers.next(), 100)
    same(await timers.due(99, 10), [])
    same(await timers.due(100, 10), [{ id: "a", due: 100, payload: { of: "a" } }])
    same(
      (await timers.due(300, 10)).map(timer => timer.id),
      ["a", "b", "c"],
    )
    same(
      (await timers.due(300, 2)).map(timer => timer.id),
      ["a", "b"],
    )
    same((await timers.due(1_893_456_000_000, 10)).at(-1), {
      id: "late",
      due: 1_893_456_000_000,
      payload: { of: "late" },
    })
  }),

  storeCase("timers of the same instant all come", async stage => {
    await set(stage, Object.fromEntries(upTo(20).map(i => [`t${i}`, 5])))
    same((await stage.store.timers.due(5, 100)).length, 20)
  }),

  storeCase("a timer stays due until it is taken back", async stage => {
    await set(stage, { a: 100 })
    same((await stage.store.timers.due(500, 10)).length, 1)
    same((await stage.store.timers.due(500, 10)).length, 1)
    await set(stage, { a: null, never: null })
    same(await stage.store.timers.due(500, 10), [])
    same(await stage.store.timers.next(), null)
  }),

  storeCase("a timer that is set again is due at its new instant only, with its new payload", async stage => {
    await set(stage, { a: 100, b: 200 })
    await stage.done(aTransaction({ id: "again", timers: [{ id: "a", due: 300, payload: { again: [1] } }] }))
    same(await stage.store.timers.next(), 200)
    same(await stage.store.timers.due(1_000, 10), [
      { id: "b", due: 200, payload: { of: "b" } },
      { id: "a", due: 300, payload: { again: [1] } },
    ])
    await set(stage, { a: 50 })
    same(await stage.store.timers.next(), 50)
  }),

  storeCase("of several changes of one timer in one transaction the last one holds", async stage => {
    const change = (due: number | null): TimerChange => ({ id: "a", due, payload: {} })
    await stage.done(aTransaction({ id: "1", timers: [change(1), change(null), change(3)] }))
    same(await stage.store.timers.next(), 3)
    await stage.done(aTransaction({ id: "2", timers: [change(4), change(null)] }))
    same(await stage.store.timers.next(), null)
  }),

  storeCase("a transaction that drops out neither sets nor takes back a timer", async stage => {
    await set(stage, { a: 100 })
    const timers = [
      { id: "a", due: null, payload: {} },
      { id: "b", due: 1, payload: {} },
    ]
    const stale = aTransaction({ id: "stale", timers, events: [anEvent({ stream: { version: 5 } })] })
    same(kinds(await stage.commit(stale)), ["conflict"])
    same(
      (await stage.store.timers.due(1_000, 10)).map(timer => timer.id),
      ["a"],
    )
  }),

  storeCase("a duplicate neither sets nor takes back a timer", async stage => {
    const send = aTransaction({ id: "send", timers: [{ id: "a", due: 1, payload: {} }] })
    await stage.done(send)
    await set(stage, { a: null })
    same(kinds(await stage.commit(send)), ["duplicate"])
    same(await stage.store.timers.next(), null)
  }),

  storeCase("timers are there after the store was opened again", async stage => {
    await set(stage, { a: 100, b: 50 })
    await stage.reopen()
    same(
      (await stage.store.timers.due(100, 10)).map(timer => timer.id),
      ["b", "a"],
    )
  }),
]

let commands = 0

async function set(stage: Stage, timers: Readonly<Record<string, number | null>>): Promise<void> {
  const changes = Object.entries(timers).map(([id, due]) => ({ id, due, payload: { of: id } }))
  await stage.done(aTransaction({ id: `set-${(commands += 1)}`, timers: changes }))
}
