import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { allEvents, folder, serve, workshop, type Said, type Served } from "./world.ts"

const data = folder()
let server: Served
beforeAll(async () => {
  server = await serve([workshop, "--data", data])
})
afterAll(() => server.stop())

const uuid7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const uuid5 = /^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
const glaze = { glaze: "blue", grams: 100 }
const piece = (id: string) => ({ type: "Piece", id })
const place = (id: string, more: { id?: string; [member: string]: unknown } = {}) => ({
  type: "PlacePiece",
  target: piece(id),
  data: glaze,
  ...more,
})
const basis = async () => (await server.ask("/ready")).body.basisT

describe("an id", () => {
  test("is given where none is sent: a UUIDv7, later ones after earlier ones [N29 CE2]", async () => {
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await server.command(place(`given-${i}`))).body.id)
    for (const id of ids) expect(id).toMatch(uuid7)
    expect(ids).toEqual([...ids].sort())
    expect(new Set(ids).size).toBe(5)
  })

  test("of a target is given as well: who makes something new need not think of one [N66]", async () => {
    const anonymous = await server.command({ type: "PlacePiece", target: { type: "Piece" }, data: glaze })
    expect(anonymous.body).toMatchObject({ state: "succeeded" })
    expect(anonymous.body.events[0]!.stream.id).toMatch(uuid7)
    expect(anonymous.body.events[0]!.stream.version).toBe(1)

    const named = { id: "makes-one", type: "PlacePiece", target: { type: "Piece" }, data: glaze }
    const first = await server.command(named)
    const again = await server.command(named)
    expect(again.body).toEqual(first.body)
    const { body } = await server.ask("/commands/makes-one")
    expect(body.target).toEqual({ type: "Piece", id: first.body.events[0]!.stream.id })

    const older = { command_type: "PlacePiece", target_aggregate_type: "Piece", data: glaze }
    expect((await server.command(older)).body.state).toBe("succeeded")
    expect(
      (await server.command({ type: "PlacePiece", target: { type: "Piece", id: null }, data: glaze })).status,
    ).toBe(400)
    expect((await server.command({ type: "PlacePiece", target: {}, data: glaze })).body.errors).toMatchObject([
      { path: "/target/type", code: "required" },
    ])
  })

  test.each([
    ["of 200 characters", "x".repeat(200), 200],
    ["of 201", "x".repeat(201), 400],
    ["of none", "", 400],
  ])("%s", async (_how, id, status) => {
    for (const command of [place("long", { id }), place(id)]) {
      const answer = await server.command(command)
      const place = answer.body.errors?.[0]?.path.split("/").at(-1)
      expect([answer.status, place]).toEqual([status, status === 400 ? "id" : undefined])
    }
  })

  test("may be of any script, and is found again at its address", async () => {
    for (const id of ["naïve é", "日本", "a/b?c#d%e", "👩‍🚀", "...", "~t", "a+b c"]) {
      const { body } = await server.command(place(id, { id: `cmd ${id}` }))
      expect(body.events[0]!.stream.id).toBe(id)
      expect((await server.ask(`/streams/Piece/${encodeURIComponent(id)}`)).body.events).toEqual(body.events)
      expect((await server.ask(`/commands/${encodeURIComponent(`cmd ${id}`)}`)).body.id).toBe(`cmd ${id}`)
    }
  })
})

test("an event has exactly the members of the contract, and what follows from its place [CE3 CE12 N34 N12]", async () => {
  const sent = place("shape", { id: "shape-1", occurredAt: "2011-10-01T00:38:44.546+02:00" })
  const { body } = await server.command(sent, { "daybook-as": "potter" })
  const members = "id type stream t n at occurredAt data rejection causedBy correlationId actor schemaVersion".split(
    " ",
  )
  for (const [n, event] of body.events.entries()) {
    expect(Object.keys(event)).toEqual([...members, "typeVersion"])
    expect(event).toMatchObject({
      id: expect.stringMatching(uuid5),
      t: body.t,
      n,
      stream: { type: "Piece", id: "shape", version: n + 1 },
      rejection: false,
      causedBy: { type: "PlacePiece", id: "shape-1" },
      actor: "potter",
      schemaVersion: 4,
    })
    expect(Object.keys(event.stream)).toEqual(["type", "id", "version"])
    expect(new Date(event.at).toISOString()).toBe(event.at)
  }
  expect(body.events.map(e => e.type)).toEqual(["PiecePlaced", "PieceGlazed"])
  expect(new Set(body.events.map(e => e.id)).size).toBe(2)
  expect(Object.keys(body).sort()).toEqual(["events", "id", "state", "t"])
})

test("when it really happened is kept to the letter, and is not when it was recorded [CE13]", async () => {
  for (const occurredAt of [
    "2011-10-01T00:38:44.546+02:00",
    "1969-12-31T23:59:59Z",
    "2024-02-29T12:00:00.123456789-11:30",
  ]) {
    const { body } = await server.command(place(`at-${occurredAt}`, { occurredAt }))
    expect(body.events.map(e => e.occurredAt)).toEqual([occurredAt, occurredAt])
    expect(Date.now() - Date.parse(body.events[0]!.at)).toBeLessThan(60_000)
  }
  const { body } = await server.command(place("now"))
  expect("occurredAt" in body.events[0]!).toBe(false)
  for (const occurredAt of ["2011-10-01", "yesterday", "2011-10-01T00:38:44", "2023-02-29T00:00:00Z", 5, "", null]) {
    const answer = await server.command(place("never", { occurredAt }))
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, "/occurredAt"])
  }
})

test("expectedVersion: 0 unless it is new, n unless it is there; a conflict names all three facts [N42 X9]", async () => {
  const fresh = await server.command(place("versioned", { expectedVersion: 0 }))
  expect(fresh.body.events.at(-1)!.stream.version).toBe(2)
  for (const expectedVersion of [0, 1, 7]) {
    const { status, body } = await server.command(place("versioned", { expectedVersion }))
    expect([status, body.code]).toEqual([409, "conflict"])
    expect(body).toMatchObject({ stream: "versioned", expected: expectedVersion, actual: 2 })
  }
  expect((await server.command(place("versioned", { expectedVersion: 2 }))).body.events[0]!.stream.version).toBe(3)
  expect((await server.ask("/streams/Piece/versioned")).body.version).toBe(3)
  for (const expectedVersion of [-1, 1.5, "2", 1e300, null, true]) {
    const answer = await server.command(place("versioned", { expectedVersion }))
    expect([answer.status, answer.body.errors?.[0]?.path]).toEqual([400, "/expectedVersion"])
  }
})

test("basisT, a number or an instant: refused if the target changed after it [X9]", async () => {
  await server.command(place("based"))
  const before = await basis()
  const instant = (await server.ask(`/events?after=${before - 1}`)).body.events[0]!.at
  await server.command(place("other"))
  const change = { ...glaze, grams: 200 }
  expect((await server.command(place("based", { basisT: before, data: change }))).status).toBe(200)
  for (const basisT of [before, instant, 0, "1999-01-01T00:00:00Z"]) {
    const { status, body } = await server.command(place("based", { basisT }))
    expect([basisT, status, body.code]).toEqual([basisT, 409, "conflict"])
  }
  expect((await server.command(place("based", { basisT: await basis() }))).status).toBe(200)
  for (const basisT of [-1, 0.5, "5", "soon", null, {}]) {
    const answer = await server.command(place("based", { basisT }))
    expect([basisT, answer.status, answer.body.errors?.[0]?.path]).toEqual([basisT, 400, "/basisT"])
  }
})

test("the same id with the same content has the first outcome; with other content it is refused [N54 N14 HA9 WP7]", async () => {
  const sent = place("twice", { id: "twice-1" })
  const first = await server.command(sent)
  const reordered = {
    data: { grams: 100, glaze: "blue" },
    target: { id: "twice", type: "Piece" },
    type: "PlacePiece",
    id: "twice-1",
  }
  const snake = {
    command_uuid: "twice-1",
    command_type: "PlacePiece",
    target_aggregate_type: "Piece",
    target_aggregate_uuid: "twice",
    data: glaze,
  }
  for (const again of [sent, reordered, snake]) expect((await server.command(again)).body).toEqual(first.body)
  for (const other of [
    { ...sent, data: { glaze: "green", grams: 100 } },
    { ...sent, target: piece("elsewhere") },
    { ...sent, type: "Reglaze" },
    { ...sent, occurredAt: "2020-01-01T00:00:00Z" },
    { ...sent, expectedVersion: 0 },
  ]) {
    const { status, body } = await server.command(other)
    expect([status, body.code]).toEqual([409, "duplicate-conflict"])
  }
  expect((await server.ask("/streams/Piece/twice")).body.version).toBe(2)
})

test("a rejection is an outcome like any other: asked again, it is told again [N61 X6]", async () => {
  const heavy = { id: "heavy-1", type: "PlacePiece", target: piece("heavy"), data: { glaze: "lead", grams: 9_000 } }
  const first = await server.command(heavy)
  expect(first.status).toBe(200)
  expect(first.body).toMatchObject({ state: "rejected", events: [{ type: "PieceTooHeavy", rejection: true }] })
  expect((await server.command(heavy)).body).toEqual(first.body)
})

test("twenty at once with one id: one is done, all are told the same [N54 CP7]", async () => {
  const t = await basis()
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.command(place("crowd", { id: "crowd-1" }))))
  expect(answers.map(a => a.body)).toEqual(Array(20).fill(answers[0]!.body))
  expect((await server.ask("/streams/Piece/crowd")).body.version).toBe(2)
  expect(await basis()).toBe(t + 1)

  const mixed = await Promise.all(
    Array.from({ length: 20 }, (_, i) => server.command(place(`mixed-${i % 2}`, { id: "mixed-1" }))),
  )
  const byStatus = Map.groupBy(mixed, a => a.status)
  expect([byStatus.get(200)!.length, byStatus.get(409)!.length]).toEqual([10, 10])
  expect(new Set(byStatus.get(409)!.map(a => a.body.code))).toEqual(new Set(["duplicate-conflict"]))
  expect(new Set(byStatus.get(200)!.map(a => a.text)).size).toBe(1)
})

test("what was refused did nothing: corrected, the same id is taken [X6]", async () => {
  const bad = await server.command(place("corrected", { id: "corrected-1", data: { glaze: "" } }))
  expect([bad.status, bad.body.code]).toEqual([422, "invalid"])
  expect(bad.body.errors.map(e => e.path).sort()).toEqual(["/data/glaze", "/data/grams"])
  const kept = (await server.ask("/commands/corrected-1")).body
  expect(kept).toMatchObject({ state: "rejected", error: { code: "invalid" } })
  const good = await server.command(place("corrected", { id: "corrected-1" }))
  expect(good.body.state).toBe("succeeded")
  expect((await server.ask("/commands/corrected-1")).body.state).toBe("succeeded")
})

test("an array is answered in order, each on its own [N15]", async () => {
  const sent = [
    place("m1", { id: "m1" }),
    place("m2", { data: {} }),
    place("m1", { id: "m1" }),
    5,
    { type: "Nothing", id: "m3" },
    place("m4"),
  ]
  const { status, body } = await server.ask("/commands", { json: sent })
  expect(status).toBe(200)
  const answers = body as unknown as Said[]
  expect(answers.map(a => a.code ?? a.state)).toEqual([
    "succeeded",
    "invalid",
    "succeeded",
    "malformed",
    "unknown-command",
    "succeeded",
  ])
  expect(answers[2]).toEqual(answers[0])
  expect(answers[4]!.id).toBe("m3")
})

test("an array of 1,000 is taken, of 1,001 refused as a whole, of none answered with none [N15]", async () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, i) => place(`of-${count}-${i}`, { id: `of-${count}-${i}` }))
  const t = await basis()
  const { status, body } = await server.ask("/commands", { json: many(1_000) })
  const answers = body as unknown as Said[]
  expect(status).toBe(200)
  expect(answers.map(a => a.id)).toEqual(many(1_000).map(c => c.id))
  expect(answers.map(a => a.t)).toEqual(answers.map((_, i) => t + i + 1))
  const over = await server.ask("/commands", { json: many(1_001) })
  expect([over.status, over.body.code]).toEqual([413, "too-large"])
  expect((await server.ask("/streams/Piece/of-1001-0")).status).toBe(404)
  expect((await server.ask("/commands", { json: [] })).text).toBe("[]")
})

test("a client says how long it waits [N55 HA3]", async () => {
  const fire = (id: string, ms: number) => ({ id, type: "Fire", target: { type: "Kiln", id: `k-${id}` }, data: { ms } })
  const at = performance.now()
  const async_ = await server.command(fire("f1", 400), { prefer: "respond-async" })
  expect([async_.status, Object.keys(async_.body)]).toEqual([202, ["id", "state"]])
  const short = await server.command(fire("f2", 3_000), { prefer: "wait=1" })
  expect(short.status).toBe(202)
  expect(performance.now() - at).toBeLessThan(2_500)
  expect(short.headers.get("preference-applied")).toBe("wait=1")
  const long = await server.command(fire("f3", 300), { prefer: "wait=5" })
  expect([long.status, long.body.state]).toEqual([200, "succeeded"])
  // Asked again while it runs, and when it is done.
  const same = await server.command(fire("f2", 3_000))
  expect([same.status, same.body.state]).toEqual([200, "succeeded"])
  expect((await server.command(place("quick"), { prefer: "respond-async" })).status).toBe(202)
})

test("Idempotency-Key is the id of the command [HA9]", async () => {
  const key = { "idempotency-key": "key-1" }
  const first = await server.command(place("keyed"), key)
  expect(first.body.id).toBe("key-1")
  expect((await server.command(place("keyed"), key)).body).toEqual(first.body)
  expect((await server.command(place("keyed", { id: "key-1" }))).body).toEqual(first.body)
  expect((await server.command(place("keyed-2"), key)).body.code).toBe("duplicate-conflict")
  expect((await server.command(place("keyed", { id: "other" }), key)).status).toBe(400)
})

test("a command in the spelling of seed 003 is the same command [X21 N29 N30]", async () => {
  const { body } = await server.command({
    command_type: "PlacePiece",
    command_uuid: "0190-snake",
    target_aggregate_type: "Piece",
    target_aggregate_uuid: "snake",
    data: glaze,
  })
  expect(body).toMatchObject({ id: "0190-snake", state: "succeeded", events: [{ stream: piece("snake") }, {}] })
  const bad = await server.command({
    command_type: 5,
    target_aggregate_type: "Piece",
    target_aggregate_uuid: "",
    data: glaze,
  })
  expect(bad.body.errors.map(e => e.path).sort()).toEqual(["/command_type", "/target_aggregate_uuid"])
})

test("a bug in the application fails its own command, and tells no more than that [CP8 A11]", async () => {
  const { status, body } = await server.command({ type: "Stumble", target: piece("bug") })
  expect([status, body.state]).toEqual([200, "failed"])
  expect(JSON.stringify(body)).not.toContain(".ts:")
  expect((await server.ask("/streams/Piece/bug")).status).toBe(404)
  expect((await server.command(place("bug"))).body.state).toBe("succeeded")
})

test("what is sensitive is never seen again [CE8]", async () => {
  const lock = { id: "lock-1", type: "Lock", target: piece("locked"), data: { name: "ann", pin: "4711" } }
  const first = await server.command(lock)
  expect(first.body.state).toBe("succeeded")
  expect((await server.command(lock)).body).toEqual(first.body)
  expect((await server.command({ ...lock, data: { name: "joe", pin: "4711" } })).body.code).toBe("duplicate-conflict")
  const bad = await server.command({ ...lock, id: "lock-2", data: { name: 5, pin: "4711" } })
  expect(bad.body.code).toBe("invalid")
  for (const path of ["/commands/lock-1", "/commands/lock-2", "/commands?type=Lock"]) {
    expect((await server.ask(path)).text).not.toContain("4711")
  }
})

test("a command's record says every step, each at the t of its transaction [W19 W21 W25 X4]", async () => {
  await server.command({ id: "fired", type: "Fire", target: { type: "Kiln", id: "k9" }, data: { ms: 50 } })
  const { body } = await server.ask("/commands/fired")
  const members = "id type state owner data parent children waits timers result error createdAt updatedAt history"
  for (const member of members.split(" ")) expect(body).toHaveProperty(member)
  expect(body.history.map(h => h.state)).toEqual(["running", "succeeded"])
  for (const { at, t } of body.history) {
    const found = await server.ask(`/events?after=${encodeURIComponent(at)}&limit=1`)
    expect(found.body.events[0]?.t ?? Infinity).toBeGreaterThan(t)
  }
  expect(body.updatedAt).toBe(body.history.at(-1)!.at)
  const [event] = (await server.ask("/streams/Kiln/k9")).body.events
  expect([event!.t, event!.at]).toEqual([body.history.at(-1)!.t, body.history.at(-1)!.at])
})

test("commands are listed newest first, filtered, page by page, none twice [HA3]", async () => {
  const seen: string[] = []
  for (let after = "", page = 0; page < 100; page++) {
    const { body } = await server.ask(`/commands?type=PlacePiece&state=succeeded&limit=200${after}`)
    seen.push(...body.items.map(i => i.id))
    expect(new Set(body.items.map(i => `${i.type} ${i.state}`))).toEqual(new Set(["PlacePiece succeeded"]))
    if (body.next === null) break
    after = `&after=${encodeURIComponent(body.next)}`
  }
  expect(seen.length).toBeGreaterThan(1_000)
  expect(new Set(seen).size).toBe(seen.length)
  const newest = (await server.command(place("newest", { id: "the-newest" }))).body.id
  expect((await server.ask("/commands?limit=1")).body.items[0]!.id).toBe(newest)
  for (const bad of ["state=done", "limit=0", "limit=x", "nonsense=1", "archived=maybe"]) {
    expect([bad, (await server.ask(`/commands?${bad}`)).status]).toEqual([bad, 400])
  }
})

test("after a restart all of it still holds [N9 N14 W22]", async () => {
  const sent = place("twice", { id: "twice-1" })
  const before = await server.command(sent)
  const log = await allEvents(server.ask, "", 1_000)
  expect((await server.stop()).code).toBe(0)
  server = await serve([workshop, "--data", data])
  expect((await server.command(sent)).body).toEqual(before.body)
  expect((await server.command({ ...sent, type: "Reglaze" })).body.code).toBe("duplicate-conflict")
  expect(await allEvents(server.ask, "", 1_000)).toEqual(log)
  const versions = new Map<string, number>()
  for (const { stream } of log) {
    expect(stream.version).toBe((versions.get(stream.id) ?? 0) + 1)
    versions.set(stream.id, stream.version)
  }
})
