import { describe, expect, test } from "vitest"
import type { Command } from "../../src/kernel/message.ts"
import { bounds } from "../../src/server/bounds.ts"
import type { FakeDaybook } from "./fake-daybook.ts"
import { answer, json, serving } from "./serving.ts"

const note = (id: string, data: Command["data"] = {}): Command => ({
  id,
  type: "Write",
  target: { type: "Note", id: `note-${id}` },
  data,
})

async function written(daybook: FakeDaybook, count: number): Promise<void> {
  for (let i = 1; i <= count; i++) await daybook.request(note(`c${i}`), { actor: i % 2 === 0 ? "eve" : "ada" })
}

describe("GET /commands", () => {
  test("shows an instance by its id, however the id has to be escaped", async () => {
    const { call, daybook } = await serving()
    await daybook.request(note("a/b c?ü"), { actor: "ada" })
    const { status, body } = await answer(call(`/commands/${encodeURIComponent("a/b c?ü")}`))
    expect(status).toBe(200)
    expect(body).toMatchObject({
      id: "a/b c?ü",
      type: "Write",
      state: "succeeded",
      owner: "ada",
      children: [],
      history: [{ state: "succeeded", t: 1 }],
    })
  })

  test.each([".", ".."])("reaches the id %s, which no URL can hold, behind an escape [N12]", async id => {
    const { call } = await serving()
    const sent = { id, type: "Write", target: { type: "Note", id }, data: {} }
    const { headers } = await answer(call("/commands", json(sent, { prefer: "respond-async" })))
    expect(headers.get("location")).toBe(`/commands/%1B${id}`)
    expect(await answer(call(headers.get("location")!))).toMatchObject({ status: 200, body: { id } })
    expect((await answer(call(`/commands/%1B${id}/abort`, { method: "POST" }))).status).toBe(200)
    expect(await answer(call(`/streams/Note/%1b${id}`))).toMatchObject({
      status: 200,
      body: { events: [{ stream: { id, version: 1 } }] },
    })
  })

  test("shows a refused command as rejected, with what was wrong [X6]", async () => {
    const { call } = await serving()
    await call("/commands", json({ id: "c1", type: "Write", data: { refuse: "invalid" } }))
    expect(await answer(call("/commands/c1"))).toMatchObject({
      status: 200,
      body: {
        id: "c1",
        state: "rejected",
        error: { code: "invalid", message: "As asked", errors: [{ path: "/data/refuse" }] },
      },
    })
    expect(await answer(call("/commands/c1/abort", { method: "POST" }))).toMatchObject({
      status: 200,
      body: { state: "rejected" },
    })
  })

  test("knows nothing of an id it never saw", async () => {
    const { call } = await serving()
    expect(await answer(call("/commands/nobody"))).toMatchObject({
      status: 404,
      body: { code: "not-found", id: "nobody" },
    })
    expect((await answer(call("/commands/nobody/abort", { method: "POST" }))).status).toBe(404)
  })

  test("lists instances newest first, in pages, with filters [HA3]", async () => {
    const { call, daybook } = await serving()
    await written(daybook, 5)
    const ids = ({ body }: { body: Record<string, unknown> }) => (body["items"] as { id: string }[]).map(i => i.id)
    const first = await answer(call("/commands?limit=2"))
    expect([ids(first), first.body["next"]]).toEqual([["c5", "c4"], "c4"])
    expect(ids(await answer(call("/commands?limit=2&after=c4")))).toEqual(["c3", "c2"])
    const last = await answer(call("/commands?limit=2&after=c2"))
    expect([ids(last), last.body["next"]]).toEqual([["c1"], null])
    expect(ids(await answer(call("/commands?owner=eve&state=succeeded&type=Write")))).toEqual(["c4", "c2"])
    expect(ids(await answer(call("/commands?parent=c1")))).toEqual([])
    expect(ids(await answer(call("/commands?after=c1")))).toEqual([])
    expect(ids(await answer(call("/commands?archived=true")))).toEqual([])
    expect(ids(await answer(call("/commands?archived=false&limit=100000")))).toHaveLength(5)
  })

  test.each([
    "state=done",
    "limit=0",
    "limit=-1",
    "limit=1.5",
    "limit=x",
    "stat=queued",
    "archived=maybe",
    "owner=a&owner=b",
    `after=${"x".repeat(201)}`,
  ])("refuses %s with the parameter's name", async query => {
    const { call } = await serving()
    const { status, body } = await answer(call(`/commands?${query}`))
    expect(status).toBe(400)
    expect(body).toMatchObject({ code: "malformed", errors: [{ path: `/${query.split("=")[0]}`, code: "parameter" }] })
  })

  test("reads no more of large instances than it can answer with, and goes on behind them", async () => {
    const { call, daybook } = await serving()
    const text = "x".repeat(bounds.answerCharsMax / 4)
    for (let i = 1; i <= 60; i++) await daybook.request(note(`c${i}`, i < 41 ? { text } : {}), { actor: "ada" })
    const asked: number[] = []
    const commands = daybook.commands.bind(daybook)
    daybook.commands = filter => {
      asked.push(filter.limit)
      return commands(filter)
    }
    const first = await answer(call("/commands?limit=200"))
    const ids = (body: typeof first.body) => (body["items"] as { id: string }[]).map(item => item.id)
    expect(ids(first.body)).toEqual(Array.from({ length: 24 }, (_, i) => `c${60 - i}`))
    expect(asked).toEqual([bounds.pieceItems + 1, bounds.pieceItems + 1])
    const next = await answer(call(`/commands?limit=2&after=${String(first.body["next"])}`))
    expect([ids(next.body), next.body["next"]]).toEqual([["c36", "c35"], "c35"])
  })

  test("aborting a command that is under way is not done yet, and says so", async () => {
    const { call, daybook } = await serving()
    await daybook.request(note("c1", { slow: true }), { actor: "ada" }, { waitMs: 0 })
    expect(await answer(call("/commands/c1/abort", { method: "POST" }))).toMatchObject({
      status: 409,
      body: { code: "conflict", state: "running" },
    })
  })
})

describe("GET /events", () => {
  test("reads all streams in order, in pages that go on where they ended [HA4, N15]", async () => {
    const { call, daybook } = await serving()
    await written(daybook, 5)
    const first = await answer(call("/events?limit=2"))
    expect(first.body).toMatchObject({ events: [{ t: 1, n: 0 }, { t: 2 }], next: 2, isEnd: false })
    expect((await answer(call("/events?limit=100&after=2"))).body).toMatchObject({
      events: [{ t: 3 }, { t: 4 }, { t: 5 }],
      next: 5,
      isEnd: true,
    })
    expect((await answer(call("/events?after=5"))).body).toEqual({ events: [], next: 5, isEnd: true })
  })

  test("filters by types, and skips what is between", async () => {
    const { call, daybook } = await serving()
    await written(daybook, 2)
    daybook.record(note("c9"), ["AlreadyStruck"])
    expect((await answer(call("/events?types=AlreadyStruck,%20Turned"))).body).toMatchObject({
      events: [{ type: "AlreadyStruck", t: 3, rejection: true }],
      next: 3,
    })
    expect((await answer(call("/events?types=Turned"))).body).toEqual({ events: [], next: 3, isEnd: true })
  })

  test("takes an instant for a t, its plus escaped or not", async () => {
    const { call, daybook } = await serving()
    await written(daybook, 2)
    await daybook.clock.advance(60_000)
    daybook.record(note("c3"), ["Written"])
    for (const after of ["2030-01-01T00:00:30Z", "2030-01-01T02:00:30%2B02:00", "2030-01-01T02:00:30+02:00"]) {
      expect((await answer(call(`/events?after=${after}`))).body).toMatchObject({ events: [{ t: 3 }] })
    }
  })

  test.each([
    "after=-1",
    "after=yesterday",
    "after=2030-01-01",
    "limit=0",
    "types=,",
    "from=3",
    `types=${"A,".repeat(300)}A`,
  ])("refuses %s", async query => {
    const { call } = await serving()
    expect(await answer(call(`/events?${query}`))).toMatchObject({ status: 400, body: { code: "malformed" } })
  })
})

describe("GET /streams", () => {
  test("reads the events of one entity from a version on, without a gap [HA4, N13]", async () => {
    const { call, daybook } = await serving()
    for (const type of ["Written", "AlreadyStruck", "Written", "Written"]) daybook.record(note("c1"), [type])
    const page = await answer(call("/streams/Note/note-c1?from=2&limit=2"))
    expect(page.body).toMatchObject({
      events: [{ stream: { version: 2 } }, { stream: { version: 3 } }],
      version: 4,
      isEnd: false,
      next: 4,
    })
    expect((await answer(call("/streams/Note/note-c1?from=4"))).body).toMatchObject({
      events: [{ stream: { version: 4 } }],
      version: 4,
      isEnd: true,
      next: 5,
    })
    expect((await answer(call("/streams/Note/note-c1?from=9"))).body).toMatchObject({
      events: [],
      version: 4,
      isEnd: true,
    })
  })

  test("of some types shows the others' absence in the versions, not as an end", async () => {
    const { call, daybook } = await serving()
    for (const type of ["Written", "AlreadyStruck", "Written"]) daybook.record(note("c1"), [type])
    const page = await answer(call("/streams/Note/note-c1?types=AlreadyStruck&limit=2"))
    expect(page.body).toMatchObject({ events: [{ stream: { version: 2 } }], version: 3, isEnd: false, next: 3 })
  })

  test("under another type is not found", async () => {
    const { call, daybook } = await serving()
    daybook.record(note("c1"), ["Written"])
    for (const path of ["/streams/Page/note-c1", "/streams/Nope/note-c1", "/streams/Note/nobody"]) {
      expect(await answer(call(path))).toMatchObject({ status: 404, body: { code: "not-found" } })
    }
    expect((await answer(call("/streams/Note/note-c1?from=0"))).status).toBe(400)
  })

  test("lists the streams there are", async () => {
    const { call, daybook } = await serving()
    await written(daybook, 3)
    const page = await answer(call("/streams?type=Note&limit=2"))
    expect(page.body).toEqual({
      items: [
        { type: "Note", id: "note-c1", version: 1 },
        { type: "Note", id: "note-c2", version: 1 },
      ],
      next: "note-c2",
    })
    expect((await answer(call("/streams?after=note-c2"))).body).toMatchObject({
      items: [{ id: "note-c3" }],
      next: null,
    })
  })
})
