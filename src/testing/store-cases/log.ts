import { ok } from "node:assert/strict"
import { limits } from "../../kernel/limits.ts"
import { allPages, same, storeCase, upTo, type StoreCase } from "../store-case.ts"
import { aTransaction, anEvent, anInstance, writer } from "../writes.ts"
import { expectedEvents, wholeLog } from "./expected.ts"

const heavyBytes = 520_000

/** Events of a stream with half a megabyte of data each, or so many times that. */
function heavyEvents(id: string, count: number, from = 1, times = 1) {
  return upTo(count).map(i => {
    const data = { text: "x".repeat(heavyBytes * times) }
    return anEvent({ type: "Heavy", stream: { id, version: from + i - 1 }, data })
  })
}

const milliseconds = (at: string) => Date.parse(at)

/** The log of all transactions, and the streams in it. */
export const logCases: readonly StoreCase[] = [
  storeCase("an event comes back with everything that was said of it", async stage => {
    const write = aTransaction({
      instance: anInstance({ command: { id: "c", type: "Rename", target: null, data: {} }, correlationId: "talk" }),
      actor: "ann",
      schemaVersion: 7,
      events: [
        anEvent({
          type: "Renamed",
          typeVersion: 3,
          occurredAt: "2011-10-01T00:38:44.546+02:00",
          data: { to: [1, null] },
        }),
        anEvent({ type: "NotRenamed", rejection: true, stream: { id: "other", type: "Other" } }),
        anEvent({ stream: { version: 2 }, kind: "created" }),
      ],
    })
    const [done] = await stage.done(write)
    const expected = expectedEvents(write, done!)
    same((await stage.store.log.read(0, 10)).events, expected)
    same(await stage.store.log.transaction(1), expected)
    const { events, version, type } = await stage.store.log.stream("thing", 1, 10)
    same([events, version, type], [[expected[0]!.event, expected[2]!.event], 2, "Thing"])
    ok(!("occurredAt" in events[1]!) || events[1].occurredAt === undefined, "no instant was given")
  }),

  storeCase("there are no events of a transaction that is not there", async ({ store }) => {
    same(await store.log.transaction(1), [])
    same(await store.log.stream("nobody", 1, 10), { events: [], version: 0, type: null })
  }),

  storeCase("pages hold whole transactions, in order, and lead to the end", async stage => {
    const write = writer()
    const sizes = [1, 3, 2, 5, 1, 1, 4, 2]
    const batch = sizes.map(size => write.puts(upTo(size).map(i => [`thing-${i}`, { size }] as const)))
    await stage.done(...batch)
    for (const limit of [1, 2, 3, 4, 7, 19, 100]) {
      let after = 0
      const seen: number[] = []
      for (let isEnd = false; !isEnd;) {
        const page = await stage.store.log.read(after, limit)
        const counts = upTo(8).map(t => page.events.filter(({ event }) => event.t === t).length)
        ok(
          counts.every((count, i) => count === 0 || count === sizes[i]),
          `a page of ${limit} splits a transaction`,
        )
        ok(
          page.events.length <= limit || new Set(page.events.map(({ event }) => event.t)).size === 1,
          "a page is too long",
        )
        ok(
          page.events.every(({ event }) => event.t > after && event.t <= page.reached),
          "reached is not what was seen",
        )
        ok(page.isEnd === (page.reached === 8), `isEnd is ${page.isEnd} at ${page.reached} of 8`)
        ok(page.isEnd || page.reached > after, "the page leads nowhere")
        seen.push(...page.events.map(({ event }) => event.t * 10 + event.n))
        ;({ isEnd } = page)
        after = page.reached
      }
      same(
        seen,
        sizes.flatMap((size, i) => upTo(size).map(n => (i + 1) * 10 + n - 1)),
      )
    }
  }),

  storeCase("a page holds no more data than fits, whole transactions, and leads to the end", async stage => {
    // Two and a half megabytes each, a small one, and one that is too large for any page.
    const sizes = [5, 5, 5, 5, 1, 20, 5]
    await stage.done(...sizes.map((size, i) => aTransaction({ id: `c${i}`, events: heavyEvents(`thing-${i}`, size) })))
    for (const types of [undefined, ["Heavy"]]) {
      let after = 0
      const pages: number[][] = []
      for (let isEnd = false; !isEnd;) {
        const page = await stage.store.log.read(after, 1_000, types)
        const ts = page.events.map(({ event }) => event.t)
        const bytes = page.events.reduce((sum, { event }) => sum + JSON.stringify(event.data).length, 0)
        ok(bytes <= limits.pageBytesMax || new Set(ts).size === 1, `${bytes} bytes on one page`)
        pages.push(ts)
        ;({ isEnd } = page)
        after = page.reached
      }
      same(
        pages.flat(),
        sizes.flatMap((size, i) => Array<number>(size).fill(i + 1)),
      )
      ok(pages.length < 8, `${pages.length} pages`)
    }
  }),

  storeCase("a page of a stream holds no more data than fits, and one event at least", async stage => {
    await stage.done(aTransaction({ events: [...heavyEvents("thing", 20), ...heavyEvents("thing", 1, 21, 20)] }))
    let from = 1
    const pages: number[] = []
    for (;;) {
      const { events, version } = await stage.store.log.stream("thing", from, 1_000)
      same(
        events.map(event => event.stream.version),
        events.map((_, i) => from + i),
      )
      const bytes = events.reduce((sum, event) => sum + JSON.stringify(event.data).length, 0)
      ok(events.length === 1 || bytes <= limits.pageBytesMax, `${bytes} bytes on one page`)
      pages.push(events.length)
      from += events.length
      if (from > version) break
    }
    same(pages, [16, 4, 1])
  }),

  storeCase("a page after the newest t is empty and the end", async stage => {
    await stage.done(writer().put("a", {}))
    same(await stage.store.log.read(1, 10), { events: [], reached: 1, isEnd: true })
  }),

  storeCase(
    "pages of some types hold those only, with their places, and lead past the others to the end",
    async stage => {
      const writes = upTo(40).map(i =>
        aTransaction({
          id: `c${i}`,
          events: [
            anEvent({ type: i % 10 === 0 ? "Rare" : "Usual", stream: { id: `thing-${i}` } }),
            anEvent({
              type: i % 7 === 0 ? "Seventh" : "Usual",
              stream: { id: `thing-${i}`, version: 2 },
              kind: "created",
            }),
          ],
        }),
      )
      const done = await stage.done(...writes)
      const all = writes.flatMap((write, i) => expectedEvents(write, done[i]!))
      for (const types of [["Rare"], ["Seventh", "Rare"], ["Usual"], ["Never"], []]) {
        for (const limit of [1, 3, 100]) {
          same(
            await wholeLog(stage.store, limit, types),
            all.filter(({ event }) => types.includes(event.type)),
          )
        }
      }
    },
  ),

  storeCase("a stream in which many events change nothing is read from any version on, without a gap", async stage => {
    const write = writer()
    for (const i of upTo(12)) {
      await stage.done(write.put("a", { i }), write.put("b", { i }), ...upTo(i % 4).map(() => write.reject("a")))
    }
    await stage.done(write.reject("c"))
    const length = write.version("a")
    same(length, 30)
    for (const from of upTo(length + 1)) {
      for (const limit of [1, 3, 100]) {
        const { events, version } = await stage.store.log.stream("a", from, limit)
        const expected = upTo(length).slice(from - 1, from - 1 + limit)
        same([events.map(event => event.stream.version), version], [expected, length])
      }
    }
    const streams = await stage.store.log.streams({ limit: 10 })
    same(
      streams.map(({ id, version }) => [id, version]),
      [
        ["a", length],
        ["b", 12],
        ["c", 1],
      ],
    )
  }),

  storeCase("a stream is read from any version on, without a gap", async stage => {
    const write = writer()
    await stage.done(...upTo(10).flatMap(i => [write.put("a", { i }), write.put("b", { i })]))
    const versions = async (from: number, limit: number) => {
      const page = await stage.store.log.stream("a", from, limit)
      same([page.version, page.type], [10, "Thing"])
      return page.events.map(event => event.stream.version)
    }
    same(await versions(1, 100), upTo(10))
    same(await versions(4, 3), [4, 5, 6])
    same(await versions(10, 3), [10])
    same(await versions(11, 3), [])
  }),

  storeCase("streams are listed in order of their ids, by type, page by page", async stage => {
    const types = ["Thing", "Other", "Thing"]
    const names = ["b", "a", "d", "e", "c", "f", "B", "10", "9"]
    const events = names.map((id, i) => anEvent({ stream: { id, type: types[i % 3]! } }))
    await stage.done(aTransaction({ events }))
    const list = async (type?: string) =>
      allPages<{ type: string; id: string; version: number }>(after =>
        stage.store.log.streams({ limit: 2, ...(after && { after: after.id }), ...(type !== undefined && { type }) }),
      )
    same(
      (await list()).map(stream => stream.id),
      names.toSorted(),
    )
    const others = names.filter((_, i) => i % 3 === 1).toSorted()
    same(
      await list("Other"),
      others.map(id => ({ type: "Other", id, version: 1 })),
    )
    same(await list("Never"), [])
  }),

  storeCase("an instant stands for the last t at or before it", async stage => {
    const write = writer()
    const ats: string[] = []
    for (const wait of [0, 1_000, 0, 2_500]) {
      await stage.clock.advance(wait)
      ats.push((await stage.done(write.put("thing", { wait })))[0]!.at)
    }
    for (const at of ats) {
      same(await stage.store.log.tAt(milliseconds(at)), ats.lastIndexOf(at) + 1)
      same(await stage.store.log.tAt(milliseconds(at) - 1), ats.filter(other => other < at).length)
    }
    same(await stage.store.log.tAt(0), 0)
    same(await stage.store.log.tAt(milliseconds("2999-01-01T00:00:00Z")), 4)
  }),
]
