import { once } from "node:events"
import { describe, expect, test } from "vitest"
import type { Command } from "../../src/kernel/message.ts"
import { bounds } from "../../src/server/bounds.ts"
import type { FakeDaybook } from "./fake-daybook.ts"
import { connectTo, request } from "./raw.ts"
import { answer, expectSoon, serving } from "./serving.ts"

const note = (id: string, data: Command["data"] = {}): Command => ({
  id,
  type: "Write",
  target: { type: "Note", id: `note-${id}` },
  data,
})
const three = ["Written", "AlreadyStruck", "Written"]

/** A reader of a feed, as a browser has one: it collects the blocks, and remembers the last id. */
async function reader(url: string, query = "", headers: Readonly<Record<string, string>> = {}) {
  const controller = new AbortController()
  const response = await fetch(`${url}/events${query}`, {
    headers: { accept: "text/event-stream", ...headers },
    signal: controller.signal,
  })
  const blocks: string[] = []
  const ended = (async () => {
    let text = ""
    for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
      const parts = (text + chunk).split("\n\n")
      text = parts.pop()!
      blocks.push(...parts)
    }
  })().catch(() => {})
  const ids = () => blocks.flatMap(block => /^id: (.+)$/m.exec(block)?.[1] ?? [])
  return { response, blocks, ids, ended, leave: () => controller.abort() }
}

function recorded(daybook: FakeDaybook, from: number, to: number, data: Command["data"] = {}): void {
  for (let i = from; i <= to; i++) daybook.record(note(`c${i}`, data), three)
}

describe("the feed of events", () => {
  test("tells what happened, then what happens, each event with its id and type [HA4]", async () => {
    const { url, daybook } = await serving()
    recorded(daybook, 1, 1)
    const { response, blocks, ids } = await reader(url)
    expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8")
    expect(response.headers.get("cache-control")).toBe("no-store")
    await expectSoon(() => ids()).toEqual(["1.0", "1.1", "1.2"])
    recorded(daybook, 2, 2)
    await expectSoon(() => ids()).toEqual(["1.0", "1.1", "1.2", "2.0", "2.1", "2.2"])
    expect(blocks[0]).toBe("retry: 1000")
    const [id, event, data, ...more] = blocks[2]!.split("\n")
    expect([id, event, more]).toEqual(["id: 1.1", "event: AlreadyStruck", []])
    expect(JSON.parse(data!.replace(/^data: /, ""))).toMatchObject({
      type: "AlreadyStruck",
      t: 1,
      n: 1,
      causedBy: { id: "c1" },
    })
  })

  test("resumes after exactly the event that was last, also within a transaction", async () => {
    const { url, daybook } = await serving()
    recorded(daybook, 1, 3)
    for (const [last, first] of [
      ["1.0", "1.1"],
      ["1.2", "2.0"],
      ["2", "3.0"],
      ["2.1", "2.2"],
      ["0", "1.0"],
      ["0.5", "1.0"],
    ] as const) {
      const { ids } = await reader(url, "", { "last-event-id": last })
      await expectSoon(() => ids().at(-1)).toBe("3.2")
      expect(ids()[0]).toBe(first)
    }
  })

  test("begins after a t, and what it resumes after counts more", async () => {
    const { url, daybook } = await serving()
    recorded(daybook, 1, 3)
    const begins = await reader(url, "?after=2")
    await expectSoon(() => begins.ids()).toEqual(["3.0", "3.1", "3.2"])
    const resumes = await reader(url, "?after=1", { "last-event-id": "3.1" })
    await expectSoon(() => resumes.ids()).toEqual(["3.2"])
  })

  test("tells only the types asked for", async () => {
    const { url, daybook } = await serving()
    recorded(daybook, 1, 2)
    const { ids } = await reader(url, "?types=AlreadyStruck")
    await expectSoon(() => ids()).toEqual(["1.1", "2.1"])
  })

  test("says nothing twice and leaves nothing out for a reader that goes and comes back all the time", async () => {
    const { url, daybook } = await serving()
    daybook.pageEvents = 7
    const seen: string[] = []
    for (let round = 1; round <= 12; round++) {
      recorded(daybook, round, round)
      const last = seen.at(-1)
      const { ids, leave, ended } = await reader(url, "", last === undefined ? {} : { "last-event-id": last })
      await expectSoon(() => ids().length).toBeGreaterThanOrEqual(1)
      // It goes after whatever it has got by then, in the middle of a transaction or not.
      const got = ids().slice(0, round % 3 === 0 ? undefined : 2)
      leave()
      await ended
      seen.push(...got)
    }
    const { ids } = await reader(url, "", { "last-event-id": seen.at(-1)! })
    await expectSoon(() => [...seen, ...ids()].at(-1)).toBe("12.2")
    expect([...seen, ...ids()]).toEqual(daybook.log.map(e => `${e.t}.${e.n}`))
  })

  test.each(["x", "1.2.3", "-1", "1.", "99999999999999999999"])("refuses to resume after %s", async last => {
    const { call } = await serving()
    const asked = call("/events", { headers: { accept: "text/event-stream", "last-event-id": last } })
    expect(await answer(asked)).toMatchObject({
      status: 400,
      body: { code: "malformed", errors: [{ path: "/Last-Event-ID" }] },
    })
  })

  test("refuses to resume after what has not happened: the reader has another history", async () => {
    const { call, daybook } = await serving()
    recorded(daybook, 1, 1)
    const asked = call("/events", { headers: { accept: "text/event-stream", "last-event-id": "2.0" } })
    expect(await answer(asked)).toMatchObject({ status: 409, body: { code: "conflict", basisT: 1 } })
  })

  test("gives a sign of life every 15 seconds", async () => {
    const { url, daybook } = await serving()
    const { blocks } = await reader(url)
    await expectSoon(() => blocks).toHaveLength(1)
    await daybook.clock.advance(31_000)
    await expectSoon(() => blocks.slice(1)).toEqual([": beat", ": beat"])
  })

  test("forgets who has gone", async () => {
    const { url, daybook } = await serving()
    const { leave, ended } = await reader(url)
    leave()
    await ended
    await expectSoon(() => daybook.clock.nextDue()).toBeNull()
  })

  test("that breaks ends, and the reader comes back to where it was", async () => {
    const { url, daybook } = await serving()
    recorded(daybook, 1, 1)
    const { ids, ended } = await reader(url)
    await expectSoon(() => ids()).toHaveLength(3)
    daybook.broken = new Error("disk")
    recorded(daybook, 2, 2)
    await ended
    expect(daybook.lines).toMatchObject([{ level: "error", sentence: "A feed failed" }])
    daybook.broken = null
    const again = await reader(url, "", { "last-event-id": ids().at(-1)! })
    await expectSoon(() => again.ids()).toEqual(["2.0", "2.1", "2.2"])
  })
})

describe("a slow reader", () => {
  const big = { text: "x".repeat(50_000) }

  test("is not read ahead for, and gets everything once it takes it, without gap or double", async () => {
    const { url, daybook } = await serving()
    daybook.pageEvents = 20
    recorded(daybook, 1, 100, big)
    const socket = connectTo(url)
    socket.pause()
    socket.write(request("GET", "/events", { accept: "text/event-stream" }))
    await expectSoon(() => daybook.pagesRead).toBeGreaterThan(0)
    await daybook.clock.advance(1_000)
    const ahead = daybook.pagesRead
    // 15 MB are there; the kernel's buffers and one page hold what is on its way.
    expect(ahead).toBeLessThan(15)
    await daybook.clock.advance(1_000)
    expect(daybook.pagesRead).toBe(ahead)
    let text = ""
    socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk.replaceAll(/x{10,}/g, "")))
    socket.resume()
    await expectSoon(() => text.includes("id: 100.2\n")).toBe(true)
    expect([...text.matchAll(/^id: (.+)$/gm)].map(found => found[1])).toEqual(daybook.log.map(e => `${e.t}.${e.n}`))
    socket.destroy()
  })

  test("that takes nothing for a minute is let go", async () => {
    const { url, daybook } = await serving()
    recorded(daybook, 1, 100, big)
    const socket = connectTo(url)
    socket.pause()
    const closed = once(socket, "close")
    socket.on("error", () => {})
    socket.write(request("GET", "/events", { accept: "text/event-stream" }))
    await expectSoon(() => daybook.pagesRead).toBeGreaterThan(0)
    await expectSoon(() => daybook.clock.nextDue()).not.toBeNull()
    await daybook.clock.advance(bounds.feedSlowMsMax)
    socket.resume()
    await closed
    await expectSoon(() => daybook.clock.nextDue()).toBeNull()
  })
})
