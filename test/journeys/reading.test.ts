import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allEvents, folder, serve, until, workshop, type Event, type Served } from "./world.ts"

let server: Served
let log: readonly Event[]

// Fifty pieces, each placed (two events), some refused, some glazed again, in one array after the other.
beforeAll(async () => {
  server = await serve([workshop, "--data", folder()])
  const at = (id: string) => ({ type: "Piece", id })
  for (let round = 0; round < 5; round++) {
    const commands = Array.from({ length: 30 }, (_, i) => ({
      id: `c-${round}-${i}`,
      type: i % 3 === 2 ? "Reglaze" : "PlacePiece",
      target: at(`p-${(round * 7 + i) % 50}`),
      data: { glaze: ["blue", "green", "red"][i % 3], grams: i % 10 === 9 ? 9_000 : i + 1 },
    }))
    await server.ask("/commands", { json: commands })
  }
  log = await allEvents(server.ask, "", 1_000)
})
afterAll(() => server.stop())

const get = (path: string, headers: Record<string, string> = {}) => server.ask(path, { headers })

describe("/events", () => {
  test("is every event once and in order, however it is cut into pages [HA4 N13 N15]", async () => {
    expect(log.length).toBeGreaterThan(150)
    expect(log.some(e => e.rejection)).toBe(true)
    const order = log.map(e => e.t * 1e6 + e.n)
    expect(order).toEqual(order.toSorted((a, b) => a - b))
    expect(new Set(log.map(e => e.id)).size).toBe(log.length)
    // t has no gaps: the transactions without events are those of commands that said nothing.
    expect(log.at(-1)!.t).toBe((await get("/ready")).body.basisT)
    for (const limit of [1, 2, 3, 7, 50, 1_000]) expect(await allEvents(server.ask, "", limit)).toEqual(log)
  })

  test("a page never ends in the middle of a transaction, for it goes on after a t", async () => {
    const { body } = await get("/events?limit=1")
    const t = body.events.at(-1)!.t
    expect(body.events).toEqual(log.filter(e => e.t <= t))
    expect(body.next).toBe(t)
  })

  test("by types leaves out nothing of them, also where there is none for long [HA4]", async () => {
    for (const types of ["PieceTooHeavy", "PieceGlazed,PieceUnknown"]) {
      const wanted = log.filter(e => types.split(",").includes(e.type))
      for (const limit of [1, 5, 1_000]) expect(await allEvents(server.ask, `&types=${types}`, limit)).toEqual(wanted)
    }
    expect((await get("/events?types=NeverHeardOf")).body).toMatchObject({ events: [], isEnd: true })
    const repeated = await get("/events?types=PieceTooHeavy&types=PieceUnknown&limit=1000")
    expect(repeated.body.events).toEqual(log.filter(e => /TooHeavy|Unknown/.test(e.type)))
  })

  test("takes an instant for a t: the last at or before it [L84]", async () => {
    const middle = log[Math.floor(log.length / 2)]!
    const at = (instant: string) => get(`/events?limit=1000&after=${encodeURIComponent(instant)}`)
    expect((await at(middle.at)).body.events).toEqual(log.filter(e => e.at > middle.at))
    expect((await at("2001-01-01T00:00:00Z")).body.events).toEqual(log)
    expect((await at("2101-01-01T00:00:00Z")).body).toMatchObject({ events: [], isEnd: true })
    const shifted = new Date(Date.parse(middle.at) + 7_200_000).toISOString().replace("Z", "+02:00")
    expect((await at(shifted)).body.events).toEqual(log.filter(e => e.at > middle.at))
  })

  test("after what has not been yet is empty, and what is no t is refused with its name", async () => {
    expect((await get("/events?after=999999")).body).toMatchObject({ events: [], isEnd: true })
    for (const bad of [
      "after=-1",
      "after=1.5",
      "after=x",
      "after=1&after=2",
      "limit=0",
      "limit=-1",
      "limit=1e3",
      "types=,",
      "limt=5",
    ]) {
      const { status, body } = await get(`/events?${bad}`)
      expect([bad, status, body.code, body.errors?.[0]?.path]).toEqual([bad, 400, "malformed", `/${bad.split("=")[0]}`])
    }
    // More than is ever given is answered with what is given.
    expect((await get("/events?limit=99999")).status).toBe(200)
  })
})

describe("/streams", () => {
  test("holds the versions 1, 2, 3 … of one entity, and says where it ends [N12 N13 HA4]", async () => {
    const id = "p-14"
    const wanted = log.filter(e => e.stream.id === id)
    const { body } = await get(`/streams/Piece/${id}`)
    expect(body.events).toEqual(wanted)
    expect(wanted.map(e => e.stream.version)).toEqual(wanted.map((_, i) => i + 1))
    expect(body).toMatchObject({ version: wanted.length, isEnd: true })
    for (let from = 1; from <= wanted.length + 1; from++) {
      const page = (await get(`/streams/Piece/${id}?from=${from}&limit=1`)).body
      expect(page.events).toEqual(wanted.slice(from - 1, from))
      expect(page.isEnd).toBe(from >= wanted.length)
    }
  })

  test("of another type, or of nobody, is not there; nor is what a path leads out to", async () => {
    for (const path of [
      "Kiln/p-14",
      "Piece/nobody",
      "Nothing/p-14",
      "piece/p-14",
      "Piece/..%2F..%2Fetc%2Fpasswd",
      "..%2F../x",
    ]) {
      const { status, body } = await get(`/streams/${path}`)
      expect([path, status, body.code]).toEqual([path, 404, "not-found"])
    }
    for (const bad of ["from=0", "from=x", "from=-3", "limit=0", "to=5"])
      expect((await get(`/streams/Piece/p-14?${bad}`)).status).toBe(400)
    expect((await get(`/streams/Piece/${"x".repeat(201)}`)).status).toBe(400)
    expect((await get("/streams/Piece/a%00b")).status).toBe(400)
    expect((await get("/streams/Piece/%zz")).status).toBe(400)
  })
})

describe("projections", () => {
  test("are read at one's own write, by key and page by page [N45 N46 HA7]", async () => {
    const expected = new Map<string, Set<string>>()
    for (const { type, data, stream } of log) {
      if (type !== "PieceGlazed") continue
      const glaze = String(data["glaze"])
      expected.set(glaze, (expected.get(glaze) ?? new Set()).add(stream.id))
    }
    const t = (await get("/ready")).body.basisT
    const { body } = await get(`/projections/by-glaze/rows?minT=${t}`)
    expect(new Map(body.items.map(i => [i.key, new Set(i.row["pieces"] as string[])]))).toEqual(expected)
    const one = (await get(`/projections/by-glaze/rows?keys=red,none&minT=${t}`)).body.items
    expect(one.map(i => [i.key, i.row === null])).toEqual([
      ["red", false],
      ["none", true],
    ])
    const keys: string[] = []
    for (let after = ""; ;) {
      const page = (await get(`/projections/by-glaze/rows?limit=1${after}`)).body
      keys.push(...page.items.map(i => i.key))
      if (page.next === null) break
      after = `&after=${page.next}`
    }
    expect(keys).toEqual([...expected.keys()].toSorted())
    expect((await get("/projections/nothing/rows")).status).toBe(404)
  })

  test("are rebuilt while they are read and written: never half, never gone [N48 N49 HA7]", async () => {
    const rebuild = server.ask("/projections/by-glaze/rebuild", { method: "POST" })
    let [asked, wrong] = [0, 0]
    const isDone = rebuild.then(() => true)
    for (let done = false; !done; asked++) {
      const target = { type: "Piece", id: `while-${asked}` }
      await server.command({ type: "PlacePiece", target, data: { glaze: "blue", grams: 1 } })
      const { body } = await get("/projections/by-glaze/rows?keys=red,green")
      if (body.items.some(i => i.row === null)) wrong++
      done = await Promise.race([isDone, Promise.resolve(false)])
    }
    expect(wrong).toBe(0)
    expect((await rebuild).status).toBe(200)
    expect((await rebuild).body).toMatchObject({ name: "by-glaze", live: true, error: null })
    const t = (await get("/ready")).body.basisT
    const blue = (await get(`/projections/by-glaze/rows?keys=blue&minT=${t}`)).body.items[0]!.row["pieces"] as string[]
    expect(blue).toEqual(expect.arrayContaining(Array.from({ length: asked }, (_, i) => `while-${i}`)))
    const { body } = await get("/projections")
    expect(body.items).toMatchObject([{ name: "by-glaze", version: 1, lag: 0, live: true }])
    expect((await server.ask("/projections/nothing/rebuild", { method: "POST" })).status).toBe(404)
  })
})

test("/metrics is Prometheus' text, and counts what was done [HA7 A25 N52]", async () => {
  const { status, headers, text } = await get("/metrics")
  expect([status, headers.get("content-type")]).toEqual([200, expect.stringMatching(/^text\/plain.*version=/)])
  const sample =
    /^[a-zA-Z_:][a-zA-Z0-9_:]*(?:\{(?:[a-zA-Z_]\w*="(?:[^"\\\n]|\\.)*",?)*\})? (?:[+-]?(?:\d+\.?\d*(?:e[+-]?\d+)?|Inf)|NaN)$/i
  const lines = text.split("\n").filter(line => line !== "")
  expect(lines.filter(line => !/^# (?:HELP|TYPE) /.test(line) && !sample.test(line))).toEqual([])
  expect(text).toMatch(/commands_total\{state="succeeded"\} \d+/)
  const typed = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(m => m[1]!))
  for (const line of lines.filter(l => !l.startsWith("#"))) {
    const name = /^[\w:]+/.exec(line)![0]
    expect(typed.has(name) || typed.has(name.replace(/_(?:bucket|sum|count)$/, ""))).toBe(true)
  }
})

test("/metrics shows no name that somebody has made up, however many there are [HA7 UH3]", async () => {
  for (const type of ["MadeUp", "MadeUpAsWell"]) {
    const target = { type: "Piece", id: "made-up" }
    expect((await server.command({ type, target, data: {} })).status).toBe(422)
  }
  const { text } = await get("/metrics")
  expect(text).not.toContain("MadeUp")
  expect(text).toMatch(/^daybook_command_seconds_count\{type="unknown"\} [2-9]/m)
})

test("/health and /ready say so, and GET / is answered [HA7]", async () => {
  expect((await get("/health")).status).toBe(200)
  expect((await get("/ready")).status).toBe(200)
  const head = await server.ask("/events", { method: "HEAD" })
  expect([head.status, head.text]).toEqual([200, ""])
  await until(
    () => get("/projections"),
    ({ body }) => body.items[0]!.lag === 0,
  )
})
