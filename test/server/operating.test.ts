import { describe, expect, test } from "vitest"
import { Refusal } from "../../src/kernel/refusal.ts"
import type { DeadLetter } from "../../src/daybook.ts"
import { answer, expectSoon, json, serving } from "./serving.ts"

const letter = (id: string): DeadLetter => ({
  id,
  consumer: "send-mail",
  t: 3,
  n: 0,
  entity: "n1",
  state: "dead",
  attempts: [
    { at: "2030-01-01T00:00:00.000Z", error: "no route" },
    { at: "2030-01-01T00:00:01.000Z", error: "refused" },
  ],
  due: null,
  event: null,
})

describe("dead letters", () => {
  test("are listed with their error and every attempt [A32, HA7]", async () => {
    const { call, daybook } = await serving()
    daybook.letters.push(letter("send-mail:3:0"), letter("send-mail:2:0"))
    const { body } = await answer(call("/dead-letters?limit=1"))
    expect(body).toMatchObject({
      items: [
        {
          id: "send-mail:3:0",
          state: "dead",
          error: "refused",
          attempts: [{ error: "no route" }, { error: "refused" }],
          event: null,
        },
      ],
      next: "send-mail:3:0",
    })
    expect((await answer(call("/dead-letters?after=send-mail:3:0"))).body).toMatchObject({
      items: [{ id: "send-mail:2:0" }],
      next: null,
    })
  })

  test("are tried again or given up, each once", async () => {
    const { call, daybook } = await serving()
    daybook.letters.push(letter("send mail:3:0"), letter("send-mail:2:0"))
    const redrive = () => answer(call("/dead-letters/send%20mail:3:0/redrive", { method: "POST" }))
    expect(await redrive()).toMatchObject({ status: 200, body: { id: "send mail:3:0", redriven: true } })
    expect(await redrive()).toMatchObject({ status: 404, body: { code: "not-found" } })
    expect(await answer(call("/dead-letters/send-mail:2:0/drop", { method: "POST" }))).toMatchObject({
      body: { dropped: true },
    })
    expect(daybook.letters).toEqual([])
  })
})

describe("projections", () => {
  test("say how far they are", async () => {
    const { call } = await serving()
    expect((await answer(call("/projections"))).body).toEqual({
      items: [{ name: "notes", version: 1, t: 0, lag: 0, live: true, error: null }],
      next: null,
    })
  })

  test("are rebuilt while one waits, or goes on without waiting", async () => {
    const { call, daybook } = await serving()
    expect((await answer(call("/projections/notes/rebuild", { method: "POST" }))).status).toBe(200)
    const { promise, resolve } = Promise.withResolvers<void>()
    daybook.rebuilding = () => promise
    const asked = answer(call("/projections/notes/rebuild", { method: "POST", headers: { prefer: "wait=1" } }))
    await expectSoon(() => daybook.clock.nextDue()).toBe(1_000)
    await daybook.clock.advance(1_000)
    const { status, headers, body } = await asked
    expect([status, headers.get("preference-applied"), body["name"]]).toEqual([202, "wait=1", "notes"])
    resolve()
  })

  test("that fail to be rebuilt say so, to who waits or to the journal", async () => {
    const { call, daybook } = await serving()
    daybook.rebuilding = () => Promise.reject(new Refusal("conflict", "One is being built"))
    expect(await answer(call("/projections/notes/rebuild", { method: "POST" }))).toMatchObject({ status: 409 })
    const { promise, reject } = Promise.withResolvers<void>()
    daybook.rebuilding = () => promise
    const asked = answer(call("/projections/notes/rebuild", { method: "POST", headers: { prefer: "wait=1" } }))
    await expectSoon(() => daybook.clock.nextDue()).toBe(1_000)
    await daybook.clock.advance(1_000)
    expect((await asked).status).toBe(202)
    reject(new Error("a fold failed"))
    await expectSoon(() => daybook.lines).toMatchObject([{ level: "error", facts: { projection: "notes" } }])
  })

  test("show rows: by keys in the order asked, or in pages", async () => {
    const { call, daybook } = await serving()
    for (const key of ["a", "b", "c,d"]) daybook.table.set(key, { key })
    expect((await answer(call("/projections/notes/rows?keys=b,x,a"))).body).toEqual({
      t: 0,
      items: [
        { key: "b", row: { key: "b" } },
        { key: "x", row: null },
        { key: "a", row: { key: "a" } },
      ],
      next: null,
    })
    expect((await answer(call("/projections/notes/rows?keys=a&keys=c,d"))).body).toMatchObject({
      items: [{ key: "a" }, { key: "c,d", row: { key: "c,d" } }],
    })
    expect((await answer(call("/projections/notes/rows?limit=2"))).body).toMatchObject({
      items: [{ key: "a" }, { key: "b" }],
      next: "b",
    })
    expect((await answer(call("/projections/notes/rows?after=b"))).body).toMatchObject({
      items: [{ key: "c,d" }],
      next: null,
    })
  })

  test("wait for a t before they show rows, and say when it does not come", async () => {
    const { call, daybook } = await serving()
    daybook.record({ id: "c1", type: "Write", target: null, data: {} }, ["Written"])
    expect((await answer(call("/projections/notes/rows?minT=1"))).status).toBe(200)
    expect(await answer(call("/projections/notes/rows?minT=2"))).toMatchObject({
      status: 504,
      body: { code: "timeout" },
    })
    expect((await answer(call("/projections/notes/rows?minT=soon"))).status).toBe(400)
  })

  test("of no such name are not found", async () => {
    const { call } = await serving()
    expect((await answer(call("/projections/nope/rows"))).status).toBe(404)
    expect((await answer(call("/projections/nope/rebuild", { method: "POST" }))).status).toBe(404)
  })
})

describe("health", () => {
  test("the process lives while the store does not; it is not ready then [HA7]", async () => {
    const { call, daybook } = await serving()
    expect(await answer(call("/ready"))).toMatchObject({ status: 200, body: { status: "ready", basisT: 0 } })
    daybook.broken = new Refusal("unavailable", "The disk is full")
    expect(await answer(call("/health"))).toMatchObject({ status: 200, body: { status: "alive" } })
    expect(await answer(call("/ready"))).toMatchObject({ status: 503, body: { code: "unavailable" } })
  })

  test("metrics are what they are told to be, even then [HA7]", async () => {
    const text = "# TYPE a counter\na 1\n"
    const { call, daybook } = await serving({ metrics: async () => ({ type: "text/plain; version=0.0.4", text }) })
    daybook.broken = new Refusal("unavailable", "The disk is full")
    const response = await call("/metrics")
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "text/plain; version=0.0.4",
      text,
    ])
  })

  test("requests are timed by route, never by id", async () => {
    const { call, daybook } = await serving()
    await call("/commands", json({ id: "c1", type: "Write" }))
    await call("/commands/c1")
    await call("/no/such/place")
    await expectSoon(() => daybook.times.map(t => t.labels)).toEqual([
      { method: "POST", route: "/commands", status: "200" },
      { method: "GET", route: "/commands/:id", status: "200" },
      { method: "GET", route: "none", status: "404" },
    ])
  })
})
