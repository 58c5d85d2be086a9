import { describe, expect, test } from "vitest"
import { answer, expectSoon, json, serving } from "./serving.ts"

const write = (id: string, more: object = {}) => ({
  id,
  type: "Write",
  target: { type: "Note", id: `note-${id}` },
  data: { text: "x", ...more },
})

describe("POST /commands", () => {
  test("answers one command with its outcome and its events [HA3, A37]", async () => {
    const { call, daybook } = await serving()
    const { status, headers, body } = await answer(call("/commands", json(write("c1"))))
    expect(status).toBe(200)
    expect(headers.get("content-type")).toBe("application/json; charset=utf-8")
    expect(body).toMatchObject({
      id: "c1",
      state: "succeeded",
      t: 1,
      events: [{ type: "Written", t: 1, n: 0, causedBy: { id: "c1" } }],
      result: null,
    })
    expect(daybook.asked[0]).toMatchObject({ asker: { actor: "system" }, waitMs: 10_000 })
  })

  test("takes the spelling of seed 003 [X21, N29]", async () => {
    const { call, daybook } = await serving()
    const sent = {
      command_type: "Write",
      command_uuid: "c1",
      target_aggregate_type: "Note",
      target_aggregate_uuid: "n1",
      data: { text: "x" },
    }
    expect((await answer(call("/commands", json(sent)))).status).toBe(200)
    expect(daybook.asked[0]?.command).toEqual({
      id: "c1",
      type: "Write",
      target: { type: "Note", id: "n1" },
      data: { text: "x" },
    })
  })

  test("a rejection by the domain is an outcome, not an error [X6, CE10]", async () => {
    const { call } = await serving()
    const { status, body } = await answer(call("/commands", json({ ...write("c1"), type: "Strike" })))
    expect(status).toBe(200)
    expect(body).toMatchObject({ state: "rejected", events: [{ type: "AlreadyStruck", rejection: true }] })
  })

  test("believes no actor that is sent along, only who asks [CE6]", async () => {
    const { call, daybook } = await serving()
    await call("/commands", json({ ...write("c1"), actor: "boss" }, { "daybook-as": "ada" }))
    await call("/commands", json(write("c2"), { "daybook-as": "anonymous" }))
    expect(daybook.asked.map(a => a.asker.actor)).toEqual(["ada", "anonymous"])
    expect(daybook.asked[0]?.command).not.toHaveProperty("actor")
  })

  test("an id of who asks may hold any letter, as UTF-8", async () => {
    const { call, daybook } = await serving()
    await call("/commands", json(write("c1"), { "daybook-as": Buffer.from("žofie").toString("latin1") }))
    expect(daybook.asked[0]?.asker.actor).toBe("žofie")
  })

  test("the same id with the same content is answered alike, with other content refused [HA9, N14]", async () => {
    const { call, daybook } = await serving()
    const first = await answer(call("/commands", json(write("c1"))))
    const second = await answer(call("/commands", json(write("c1"))))
    expect(second.body).toEqual(first.body)
    expect(daybook.log).toHaveLength(1)
    const third = await answer(call("/commands", json(write("c1", { text: "y" }))))
    expect(third).toMatchObject({ status: 409, body: { code: "duplicate-conflict", id: "c1" } })
  })

  test("Idempotency-Key is the command's id, quoted or not [HA9]", async () => {
    const { call, daybook } = await serving()
    const { id: _, ...nameless } = write("c1")
    for (const key of ["k1", '"k1"']) {
      expect((await answer(call("/commands", json(nameless, { "idempotency-key": key })))).body).toMatchObject({
        id: "k1",
        t: 1,
      })
    }
    expect((await answer(call("/commands", json(write("c1"), { "idempotency-key": "c1" })))).status).toBe(200)
    expect(daybook.log).toHaveLength(2)
  })

  test("an Idempotency-Key that cannot be is refused: another id than the command's, none, or for many", async () => {
    const { call } = await serving()
    const refused = { status: 400, body: { code: "malformed", errors: [{ path: "/Idempotency-Key" }] } }
    expect(await answer(call("/commands", json(write("c1"), { "idempotency-key": "c2" })))).toMatchObject(refused)
    expect(await answer(call("/commands", json(write("c1"), { "idempotency-key": "x".repeat(201) })))).toMatchObject(
      refused,
    )
    expect(await answer(call("/commands", json([write("c1")], { "idempotency-key": "c1" })))).toMatchObject(refused)
  })

  test("a basis that is an instant is the t it stands for", async () => {
    const { call, daybook } = await serving()
    await call("/commands", json(write("c1")))
    await daybook.clock.advance(60_000)
    await call("/commands", json({ ...write("c2"), basisT: "2030-01-01T00:00:30Z" }))
    await call(
      "/commands",
      json([
        { ...write("c3"), basisT: "2030-01-01T02:01:30+02:00" },
        { ...write("c4"), basisT: 1 },
      ]),
    )
    expect(daybook.asked.slice(1).map(a => a.command.basisT)).toEqual([1, 2, 1])
  })
})

describe("Prefer", () => {
  test("respond-async is answered with 202 as soon as the command is durable, even if it is done [HA3, X8]", async () => {
    const { call, daybook } = await serving()
    const { status, headers, body } = await answer(call("/commands", json(write("c/1"), { prefer: "respond-async" })))
    expect(status).toBe(202)
    expect(body).toEqual({ id: "c/1", state: "succeeded" })
    expect(headers.get("preference-applied")).toBe("respond-async")
    expect(headers.get("location")).toBe("/commands/c%2F1")
    expect(daybook.asked[0]?.waitMs).toBe(0)
  })

  test("wait=N waits for so long, then 202 with how far it is; the outcome is there later", async () => {
    const { call, daybook } = await serving()
    const asked = answer(call("/commands", json(write("c1", { slow: true }), { prefer: "wait=3" })))
    await expectSoon(() => daybook.clock.nextDue()).not.toBeNull()
    await daybook.clock.advance(3_000)
    expect(await asked).toMatchObject({ status: 202, body: { id: "c1", state: "running" } })
    daybook.finish("c1")
    expect((await answer(call("/commands/c1"))).body).toMatchObject({ state: "succeeded" })
  })

  test("wait=N is answered at once when it is done in time", async () => {
    const { call, daybook } = await serving()
    const asked = answer(call("/commands", json(write("c1", { slow: true }), { prefer: "wait=5" })))
    await expectSoon(() => daybook.asked.length).toBe(1)
    daybook.finish("c1")
    const { status, headers } = await asked
    expect([status, headers.get("preference-applied")]).toEqual([200, "wait=5"])
  })

  test("an array of which some are not done in time says so for each", async () => {
    const { call } = await serving()
    const sent = [write("c1"), write("c2", { slow: true })]
    const asked = answer(call("/commands", json(sent, { prefer: "respond-async" })))
    const both = [
      { id: "c1", state: "succeeded" },
      { id: "c2", state: "running" },
    ]
    expect(await asked).toMatchObject({ status: 200, body: both })
  })
})

describe("an array of commands", () => {
  test("is answered with an array in its order, and each stands alone [N15]", async () => {
    const { call, daybook } = await serving()
    const sent = [
      write("c1"),
      write("c2", { refuse: "conflict" }),
      { id: "c3" },
      5,
      write("c4"),
      { ...write("c5"), type: "Nope" },
    ]
    const { status, body } = await answer(call("/commands", json(sent)))
    expect(status).toBe(200)
    expect(body).toMatchObject([
      { id: "c1", state: "succeeded", t: 1 },
      {
        id: "c2",
        state: "refused",
        code: "conflict",
        error: { status: 409, code: "conflict", errors: [{ path: "/data/refuse" }] },
      },
      { id: "c3", state: "refused", code: "malformed", error: { errors: [{ path: "/type", code: "required" }] } },
      { id: null, state: "refused", code: "malformed" },
      { id: "c4", state: "succeeded", t: 2 },
      { id: "c5", state: "refused", code: "unknown-command" },
    ])
    expect(daybook.asked.map(a => a.command.id)).toEqual(["c1", "c2", "c4", "c5"])
  })

  test("may be empty, and has at most a thousand", async () => {
    const { call } = await serving()
    expect(await answer(call("/commands", json([])))).toMatchObject({ status: 200, body: [] })
    const thousand = Array.from({ length: 1_000 }, (_, i) => ({ id: `c${i}`, type: "Transact" }))
    expect((await answer(call("/commands", json(thousand)))).body).toHaveLength(1_000)
    const more = await answer(call("/commands", json([...thousand, { type: "Transact" }])))
    expect(more).toMatchObject({ status: 413, body: { code: "too-large", most: 1_000 } })
  })

  test("says when to come back where one was refused for now, and journals what broke", async () => {
    const { call, daybook } = await serving()
    const busy = await answer(call("/commands", json([write("c1", { refuse: "overloaded" }), write("c2")])))
    expect(busy.headers.get("retry-after")).toBe("1")
    expect(busy.body).toMatchObject([{ code: "overloaded" }, { state: "succeeded" }])
    daybook.broken = new Error("secret")
    const broken = await answer(call("/commands", json([write("c3")])))
    expect(broken.body).toMatchObject([{ id: "c3", code: "internal", error: { status: 500 } }])
    expect(JSON.stringify(broken.body)).not.toContain("secret")
    expect(daybook.lines.map(l => l.level)).toEqual(["warn", "error"])
  })
})
