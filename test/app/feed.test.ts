import { describe, expect, test } from "vitest"
import { Feed } from "../../src/app/feed.ts"
import type { LoggedEvent, LogPage } from "../../src/ports/log.ts"
import type { Committed } from "../../src/ports/write.ts"
import { limits } from "../../src/kernel/limits.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { acc, bankApp } from "../commands/bank.ts"
import { gate, storeNames, World } from "../commands/world.ts"

/** What a reader is handed, with its pace in the hands of the test. */
function reading(pages: AsyncIterable<readonly LoggedEvent[]>) {
  const iterator = pages[Symbol.asyncIterator]()
  const ts: number[] = []
  const next = async () => {
    const { value, done } = await iterator.next()
    if (done) return false
    ts.push(...(value as readonly LoggedEvent[]).map(({ event }) => event.t))
    return true
  }
  return { ts, next, return: () => iterator.return?.() }
}

const upTo = (n: number, from = 1) => Array.from({ length: n - from + 1 }, (_, i) => from + i)

describe.each(storeNames)("on %s, a follower", name => {
  const begin = () => World.on(name, bankApp())
  const deposit = (world: World, count = 1) =>
    Promise.all(Array.from({ length: count }, () => world.ask("Deposit", acc("a"), { amount: 1 })))
  const follow = (world: World, after = 0, types?: readonly string[]) => {
    const abort = new AbortController()
    return { abort, ...reading(world.daybook.follow(after, { signal: abort.signal, ...(types && { types }) })) }
  }

  test("gets what was, then what comes, in order, each once [A20 L9]", async () => {
    const world = await begin()
    await deposit(world, 3)
    const reader = follow(world, 1)
    await reader.next()
    const waiting = reader.next()
    await deposit(world, 2)
    await waiting
    while (reader.ts.length < 4) await reader.next()
    expect(reader.ts).toEqual(upTo(5, 2))
    reader.abort.abort()
    expect(await reader.next()).toBe(false)
  })

  test("gets only the types that it asks for", async () => {
    const world = await begin()
    await world.ask("OpenAccount", acc("a"))
    await deposit(world, 2)
    const reader = follow(world, 0, ["AccountOpened"])
    await reader.next()
    const waiting = reader.next()
    await deposit(world, 2)
    await world.ask("OpenAccount", acc("b"))
    await waiting
    expect(reader.ts).toEqual([1, 6])
    reader.abort.abort()
  })

  if (name !== "PostgreSQL")
    test("may be as slow as it likes: what its buffer cannot hold it reads, without a gap and none twice", async () => {
      const world = await begin()
      const reader = follow(world)
      const first = reader.next()
      await deposit(world)
      await first
      const many = 1_000
      const ops = Array.from({ length: many }, (_, i) => ({ entity: "Payment", id: `~${i}`, set: { amount: i } }))
      const transactions = Math.ceil(limits.feedBufferEventsMax / many) + 2
      for (let i = 0; i < transactions; i++) await world.transact(ops)
      while (reader.ts.length < 1 + transactions * many) await reader.next()
      expect(reader.ts).toEqual([1, ...upTo(transactions).flatMap(t => Array.from({ length: many }, () => t + 1))])
      reader.abort.abort()
    })

  test("ends when its signal says so, whether it waits or not, and when the daybook closes", async () => {
    const world = await begin()
    const [waiting, aborted, open] = [follow(world), follow(world), follow(world)]
    aborted.abort.abort()
    expect(await aborted.next()).toBe(false)
    const [one, other] = [waiting.next(), open.next()]
    await world.clock.idle()
    waiting.abort.abort()
    expect(await one).toBe(false)
    await world.daybook.close()
    expect(await other).toBe(false)
  })
})

describe("the feed", () => {
  const report = (t: number): Committed => ({
    t,
    at: "",
    events: [{ t, type: "X", data: {} } as LoggedEvent["event"]],
    kinds: [null],
    changes: [],
  })
  const page = (ts: readonly number[], reached: number, isEnd: boolean): LogPage => ({
    events: ts.map(t => ({ event: report(t).events[0]!, kind: null })),
    reached,
    isEnd,
  })

  /** A log that other processes write to as well. */
  function shared() {
    const log: number[] = []
    const reads: { after: number; answer: ReturnType<typeof gate<void>> | null }[] = []
    let hold = false
    const feed = new Feed(async after => {
      const answer = hold ? gate<void>() : null
      reads.push({ after, answer })
      const seen = log.slice(after)
      await answer?.promise
      return page(seen, after + seen.length, true)
    }, simulatedClock())
    const write = () => log.push(log.length + 1)
    return { feed, reads, write, commit: () => feed.committed(report(write())), hold: (on: boolean) => (hold = on) }
  }
  const turns = () => simulatedClock().idle()

  test("reads again when another process rings while a page is on its way", async () => {
    const { feed, reads, write, hold } = shared()
    hold(true)
    const reader = reading(feed.follow(0, undefined, new AbortController().signal))
    const first = reader.next()
    await turns()
    write()
    feed.rang()
    hold(false)
    reads[0]!.answer!.resolve()
    await first
    expect(reader.ts).toEqual([1])
  })

  test("reads what another process wrote before what this one did, though no bell has rung", async () => {
    const { feed, write, commit } = shared()
    const reader = reading(feed.follow(0, undefined, new AbortController().signal))
    const first = reader.next()
    await turns()
    commit()
    await first
    write()
    commit()
    commit()
    while (reader.ts.length < 4) await reader.next()
    expect(reader.ts).toEqual([1, 2, 3, 4])
  })

  test("reads when a bell rings, and what is reported again is not handed on twice", async () => {
    const { feed, write } = shared()
    const reader = reading(feed.follow(0, undefined, new AbortController().signal))
    const first = reader.next()
    await turns()
    write()
    feed.rang()
    await first
    const second = reader.next()
    await turns()
    feed.committed(report(1))
    write()
    feed.committed(report(2))
    await second
    expect(reader.ts).toEqual([1, 2])
  })

  test("keeps no more in mind for a slow reader than so many bytes, and reads the rest: none is lost", async () => {
    const { feed, reads, write } = shared()
    const reader = reading(feed.follow(0, undefined, new AbortController().signal))
    const first = reader.next()
    await turns()
    const large = { data: { text: "x".repeat(limits.feedBufferCharsMax / 4) } }
    const commit = () => {
      const { events, ...rest } = report(write())
      feed.committed({ ...rest, events: events.map(event => ({ ...event, ...large })) })
    }
    commit()
    await first
    const readsBefore = reads.length
    for (let i = 0; i < 3; i++) commit()
    await reader.next()
    expect(reads).toHaveLength(readsBefore)
    for (let i = 0; i < 5; i++) commit()
    while (reader.ts.length < 9) await reader.next()
    expect(reader.ts).toEqual(upTo(9))
    expect(reads.length).toBeGreaterThan(readsBefore)
  })

  test("forgets a reader that has gone", async () => {
    const { feed, commit } = shared()
    const reader = reading(feed.follow(0, undefined, new AbortController().signal))
    const first = reader.next()
    await turns()
    commit()
    await first
    expect(feed.countReaders).toBe(1)
    await reader.return()
    expect(feed.countReaders).toBe(0)
  })
})
