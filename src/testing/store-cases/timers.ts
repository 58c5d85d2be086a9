import type { Timer } from "../../ports/timers.ts"
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

  storeCase("timers of the same instant all come, in order of their ids", async stage => {
    const ids = [...upTo(20).map(i => `t${i}`), "T", "\u00e9", "_", "\u{1f600}", "\uffee"]
    await set(stage, Object.fromEntries(ids.map(id => [id, 5])))
    const came = (await stage.store.timers.due(5, 100)).map(timer => timer.id)
    same(came.toSorted(), ids.toSorted())
    // Whatever the order of ids is, it is the same for all pages.
    same(await inPages(stage, 5, 3), came)
  }),

  storeCase("timers that are due are read page by page, each once", async stage => {
    await set(stage, Object.fromEntries(upTo(40).map(i => [`t${i}`, i % 7])))
    const all = (await stage.store.timers.due(5, 100)).map(timer => timer.id)
    same(all.length, 35)
    same(await inPages(stage, 5, 4), all)
    same(await stage.store.timers.due(5, 100, { due: 5, id: all.at(-1)! }), [])
    // Where it goes on need not be there any more.
    await set(stage, { [all[10]!]: null, [all[11]!]: 99 })
    same(
      (await stage.store.timers.due(5, 2, { due: 1, id: all[10]! })).map(timer => timer.id),
      all.slice(12, 14),
    )
  }),

  storeCase("the next timer after an instant is later than that", async stage => {
    await set(stage, { a: 100, b: 200, c: 200, d: 300 })
    same(await Promise.all([0, 99, 100, 199, 200, 300, 1e15].map(async ms => stage.store.timers.next(ms))), [
      100,
      100,
      200,
      200,
      300,
      null,
      null,
    ])
    same(await stage.store.timers.next(), 100)
  }),

  storeCase("one transaction sets, moves and takes back several timers", async stage => {
    await set(stage, { a: 100, b: 200, c: 300 })
    await set(stage, { a: null, b: 400, c: 50, d: 1, e: 500 })
    same(
      (await stage.store.timers.due(1_000, 10)).map(({ id, due }) => [id, due]),
      [
        ["d", 1],
        ["c", 50],
        ["b", 400],
        ["e", 500],
      ],
    )
  }),

  storeCase("of transactions of one batch that change the same timer the last one holds", async stage => {
    const setting = (id: string, ...timers: readonly TimerChange[]) => aTransaction({ id, timers })
    const change = (id: string, due: number | null): TimerChange => ({ id, due, payload: { due: due ?? 0 } })
    await stage.done(
      setting("one", change("a", 100), change("b", 100)),
      setting("two", change("a", 200), change("b", null), change("c", 5)),
      setting("three", change("c", null), change("b", 300)),
    )
    same(await stage.store.timers.due(1_000, 10), [
      { id: "a", due: 200, payload: { due: 200 } },
      { id: "b", due: 300, payload: { due: 300 } },
    ])
  }),

  storeCase(
    "in a batch, the timers of a transaction that drops out are as they were, those beside it are set",
    async stage => {
      await set(stage, { kept: 10, moved: 20 })
      const lost: readonly TimerChange[] = [
        { id: "kept", due: null, payload: {} },
        { id: "moved", due: 99, payload: {} },
        { id: "lost", due: 30, payload: {} },
      ]
      const outcomes = await stage.commit(
        aTransaction({ id: "before", timers: [{ id: "before", due: 1, payload: {} }] }),
        aTransaction({ id: "stale", timers: lost, events: [anEvent({ stream: { version: 5 } })] }),
        aTransaction({ id: "behind", timers: [{ id: "behind", due: 40, payload: {} }] }),
      )
      same(kinds(outcomes), ["done", "conflict", "done"])
      same(
        (await stage.store.timers.due(1_000, 10)).map(({ id, due }) => [id, due]),
        [
          ["before", 1],
          ["kept", 10],
          ["moved", 20],
          ["behind", 40],
        ],
      )
    },
  ),

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

async function inPages(stage: Stage, ms: number, limit: number): Promise<string[]> {
  const found: string[] = []
  for (let after: Timer | undefined; ;) {
    const page = await stage.store.timers.due(ms, limit, after)
    found.push(...page.map(timer => timer.id))
    after = page.at(-1)
    // One who reads the same page for ever is told so as well.
    if (after === undefined || found.length > 1_000) return found
  }
}

let commands = 0

async function set(stage: Stage, timers: Readonly<Record<string, number | null>>): Promise<void> {
  const changes = Object.entries(timers).map(([id, due]) => ({ id, due, payload: { of: id } }))
  await stage.done(aTransaction({ id: `set-${(commands += 1)}`, timers: changes }))
}
