import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest"
import { exchange, request } from "./raw.ts"
import { folder, library, run, serve, type Said, type Served } from "./world.ts"

const data = folder()
let server: Served
beforeAll(async () => {
  server = await serve([library, "--data", data])
})
afterAll(() => server.stop())

// Whatever was sent: the server is up, and nothing was done but what a test says was.
let [before, done] = [0, 0]
const basis = async () => (await server.ask("/ready")).body.basisT
beforeEach(async () => {
  ;[before, done] = [await basis(), 0]
})
afterEach(async () => {
  const came = (await basis()) - before
  if (came !== done) throw new Error(`${done} transactions were to come of this test, and ${came} did`)
})

const headers = { "content-type": "application/json" }
const post = (body: string | Blob | Uint8Array<ArrayBuffer>, more: Record<string, string> = {}) =>
  server.ask("/commands", { method: "POST", body, headers: { ...headers, ...more } })
const slip = (text: string) => `{"type":"Transact","data":{"ops":[{"entity":"Slip","set":{"text":${text}}}]}}`
const good = slip('"x"')

describe("a text that is no JSON: the place where it ceases to be is named [HA8 C7]", () => {
  test.each([
    ["{", 1, 2],
    ["}", 1, 1],
    ["[", 1, 2],
    ["[1,]", 1, 4],
    ['{"a":}', 1, 6],
    ['{"a" 1}', 1, 6],
    ['{"a":1,}', 1, 8],
    ["{a:1}", 1, 2],
    ["{'a':1}", 1, 2],
    ['{\n "type": "x"\n "data": {}\n}', 3, 2],
    ["[1 2]", 1, 4],
    ["tru", 1, 1],
    ["NaN", 1, 1],
    ["-", 1, 1],
    ["01", 1, 2],
    ["1.", 1, 2],
    ['"abc', 1, 1],
    ['"a\nb"', 1, 3],
    ['"\\x"', 1, 3],
    ['{"a":"\\u12"}', 1, 7],
    ["{}{}", 1, 3],
    ["// note\n{}", 1, 1],
    ["\ufeff{}", 1, 1],
    ["[" + "1,".repeat(5_000) + "]", 1, 10_002],
    [`${good.slice(0, -1)}`, 1, good.length],
  ])("%j", async (text, line, column) => {
    const { status, body } = await post(text)
    expect([status, body.code]).toEqual([400, "malformed"])
    const place = body as unknown as { line: number; column: number }
    // Within a token, its beginning or the character itself is the place.
    expect(place.line).toBe(line)
    expect(Math.abs(place.column - column)).toBeLessThanOrEqual(6)
  })
})

describe("JSON that is no command: each wrong member is named [HA8 CE7]", () => {
  const wrong: unknown[] = [5, true, [], {}, "", null]
  const cases = ["id", "type", "target", "data", "expectedVersion", "occurredAt", "basisT"].flatMap(member =>
    wrong.map(value => [member, value] as const),
  )
  const fine = (member: string, value: unknown) =>
    (member === "target" && value === null) ||
    (member === "data" && JSON.stringify(value) === "{}") ||
    ((member === "expectedVersion" || member === "basisT") && value === 5)
  test.each(cases.filter(([member, value]) => !fine(member, value)))("%s: %j", async (member, value) => {
    const { status, body } = await server.command({
      type: "Transact",
      data: { ops: [{ entity: "Slip", set: { text: "x" } }] },
      [member]: value,
    })
    expect([status, body.code]).toEqual([400, "malformed"])
    expect(body.errors[0]!.path).toMatch(new RegExp(`^/${member}`))
  })

  test.each(["5", "null", '"x"', "true", "1e400", "-0"])("%s is none at all", async text => {
    const { status, body } = await post(text)
    expect([status, body.code]).toEqual([400, "malformed"])
  })

  test("a member that nobody knows is named, with its escapes [CE6]", async () => {
    const { body } = await server.command({ type: "Transact", "expected~Version/x": 3, data: { ops: [] } })
    expect(body.errors).toMatchObject([{ path: "/expected~0Version~1x", code: "unknown" }])
  })

  test("all that is wrong is told at once", async () => {
    const { body } = await server.command({
      id: "",
      type: 5,
      target: { id: 5, more: 1 },
      data: [],
      expectedVersion: -1,
      occurredAt: "x",
    })
    expect(body.errors.map(e => e.path).toSorted()).toEqual([
      "/data",
      "/expectedVersion",
      "/id",
      "/occurredAt",
      "/target/id",
      "/target/more",
      "/target/type",
      "/type",
    ])
  })
})

describe("texts and numbers at the edge", () => {
  test("a lone half of a pair is refused, NUL is kept, and an emoji is itself", async () => {
    for (const half of ['"\\ud800"', '"a\\udc00b"']) {
      const { status, body } = await post(slip(half))
      expect([half, status, body.errors?.[0]?.path]).toEqual([half, 400, "/data/ops/0/set/text"])
    }
    const inId = await post('{"id":"\\ud83d","type":"Transact","data":{"ops":[]}}')
    expect([inId.status, inId.body.errors[0]!.path]).toEqual([400, "/id"])
    for (const text of ["a\u0000b", "👩‍🚀", "\u202e", "\u2028", "é".normalize("NFD")]) {
      const { body } = await server.transact({ entity: "Slip", set: { text } })
      done++
      expect(
        (await server.ask(`/streams/Slip/${body.events[0]!.stream.id}`)).body.events[0]!.data.attributes["text"],
      ).toEqual({ new: text })
    }
  })

  test("1e400 is no number, -0 is 0, and a number too large for JSON is not rounded in silence", async () => {
    const book = (set: string) =>
      `{"type":"Transact","data":{"ops":[{"entity":"Book","set":{"title":"n","shelf":"s-${before + done}",${set}}}]}}`
    for (const [set, path] of [
      ['"weight":1e400', "weight"],
      ['"weight":-1e999', "weight"],
      ['"pages":9007199254740993', "pages"],
      ['"pages":1e400', "pages"],
      ['"price":1e400,"currency":"EUR"', "price"],
    ] as const) {
      const { status, body } = await post(book(set))
      expect([set, status, body.errors?.[0]?.path]).toEqual([set, 422, `/data/ops/0/set/${path}`])
    }
    const zero = await post(book('"weight":-0'))
    done++
    expect(zero.text).toContain('"weight":{"new":0}')
    const again = await server.ask(`/events?after=${zero.body.t - 1}&limit=1`)
    expect(again.text).toContain('"weight":{"new":0}')
    const version = await post('{"type":"Transact","expectedVersion":1e400,"data":{"ops":[]}}')
    expect([version.status, version.body.errors[0]!.path]).toEqual([400, "/expectedVersion"])
  })

  test("of two members with one name none counts: nobody can tell which is meant [HA8]", async () => {
    const { status, body } = await post('{"type":"Transact","data":{"ops":5},"data":{"ops":[]}}')
    expect([status, body.errors]).toEqual([400, [expect.objectContaining({ path: "/data", code: "twice" })]])
  })
})

describe("keys that mean something else to JavaScript", () => {
  test.each([
    '{"__proto__":{"type":"Transact"}}',
    '{"type":"Transact","data":{"__proto__":{"ops":[]}}}',
    '{"type":"Transact","data":{"ops":[{"entity":"Slip","set":{"text":"x","__proto__":{"a":1}}}]}}',
    '{"type":"Transact","data":{"\\u005f_proto__":1,"ops":[]}}',
    '{"type":"Transact","data":{"ops":[]},"constructor":{"prototype":{"x":1}}}',
    '{"type":"Transact","data":{"ops":[],"constructor":1}}',
    '{"type":"constructor","data":{}}',
    '{"type":"__proto__","data":{}}',
    '{"type":"toString","data":{}}',
    '{"type":"Transact","data":{"ops":[{"entity":"constructor","set":{}}]}}',
    '{"type":"Transact","data":{"ops":[{"entity":"__proto__"}]}}',
    '{"type":"Transact","data":{"ops":[{"entity":"Slip","set":{"toString":"x"}}]}}',
    '{"type":"Transact","data":{"ops":[{"entity":"Slip","id":["constructor","x"],"set":{}}]}}',
    '{"type":"Transact","data":{"ops":[{"cas":"x","attr":"__proto__","old":1,"new":2}]}}',
    '{"type":"Transact","data":{"hasOwnProperty":1,"ops":[]}}',
  ])("%s", async text => {
    const { status, body } = await post(text)
    expect([400, 404, 422]).toContain(status)
    expect(body.code).not.toBe("internal")
  })

  test("are values like any other where anything may stand", async () => {
    const notes = '{"constructor":{"prototype":1},"toString":"x","hasOwnProperty":[]}'
    const text = `{"type":"Transact","data":{"ops":[{"entity":"Book","set":{"title":"k","shelf":"keys","notes":${notes}}}]}}`
    const { body } = await post(text)
    done++
    expect(body.events[0]!.data.attributes["notes"]!.new).toEqual(JSON.parse(notes))
  })

  test("as ids and names they are names", async () => {
    for (const id of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const { body } = await server.command({
        id,
        type: "Transact",
        data: {
          ops: [
            { entity: "Slip", id, set: { text: id } },
            { entity: "Slip", id: `~${id}`, set: { text: "t" } },
          ],
        },
      })
      done++
      expect(Object.hasOwn(body.result.ids, `~${id}`)).toBe(true)
      expect((await server.ask(`/streams/Slip/${id}`)).body.version).toBe(1)
      expect((await server.ask(`/commands/${id}`)).body.state).toBe("succeeded")
    }
  })
})

describe("too much", () => {
  test("2 MB: 413, and the connection can be used by others [HA8]", async () => {
    for (const body of [slip(JSON.stringify("x".repeat(2_097_152))), "x".repeat(2_097_152), "[".repeat(2_097_152)]) {
      const { status, body: said } = await post(body)
      expect([status, said.code]).toEqual([413, "too-large"])
    }
  })

  test.each([
    ["lists", "[", "]"],
    ["objects", '{"a":', "}"],
  ])("10,000 levels of %s, anywhere", async (_what, open, close) => {
    for (const depth of [33, 1_000, 10_000]) {
      const deep = `${open.repeat(depth)}1${close.repeat(depth)}`
      for (const text of [
        `{"type":"Transact","data":{"ops":${deep}}}`,
        `{"type":"Transact","data":{"ops":[{"entity":"Book","set":{"notes":${deep}}}]}}`,
      ]) {
        const { status, body } = await post(text)
        expect([depth, [400, 413, 422].includes(status), body.code === "internal"]).toEqual([depth, true, false])
      }
    }
    expect((await post(open.repeat(10_000))).status).toBe(400)
  })

  test("members, faults and names without end are answered shortly", async () => {
    const members = JSON.stringify(Object.fromEntries(Array.from({ length: 20_000 }, (_, i) => [`m${i}`, i])))
    const ops = JSON.stringify({
      type: "Transact",
      data: { ops: Array.from({ length: 1_000 }, () => ({ entity: "Slip", set: { a: 1, b: 2, c: 3 } })) },
    })
    for (const text of [
      members,
      ops,
      `{"type":"${"x".repeat(500_000)}","data":{}}`,
      `{"type":"Transact","data":{"${"k".repeat(500_000)}":1}}`,
    ]) {
      const { status, text: said } = await post(text)
      expect([400, 422]).toContain(status)
      expect(said.length).toBeLessThan(1_500_000)
    }
  })

  test("a very long URL, a very long parameter, 500 header lines", async () => {
    expect((await server.ask(`/events?types=${"x".repeat(30_000)}`)).status).toBe(431)
    expect((await server.ask(`/streams/Slip/${"a".repeat(5_000)}`)).status).toBeLessThan(500)
    expect((await server.ask(`/${"a".repeat(5_000)}`)).status).toBe(404)
    const lines = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`x-h${i}`, "v"]))
    const [answer] = await exchange(server.url, request("GET /ready", lines))
    expect([200, 431]).toContain(answer!.status)
    const [large] = await exchange(server.url, request("GET /ready", { "x-large": "v".repeat(40_000) }))
    expect([large!.status, JSON.parse(large!.body).code]).toEqual([431, "too-large"])
  })
})

test.each([
  ["text/plain"],
  ["application/xml"],
  ["application/x-www-form-urlencoded"],
  ["multipart/form-data; boundary=x"],
  ["application/json; charset=utf-16"],
  ["application/json; charset=latin1"],
  ["application/jsonx"],
  ["json"],
  [""],
])("a body of type %j is not read: 415 [HA8]", async type => {
  const { status, body } = await post(new Blob([good]), { "content-type": type })
  expect([status, body.code]).toEqual([415, "unsupported-media"])
})

test.each(["application/json", "application/json;charset=UTF-8", 'APPLICATION/JSON; Charset="utf-8"'])(
  "a body of type %s is read",
  async type => {
    expect((await post(new Blob([good]), { "content-type": type })).status).toBe(200)
    done++
  },
)

test("bytes that are no UTF-8 are refused: nothing is recorded that was not said", async () => {
  for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xc0, 0xaf]]) {
    const body = Buffer.concat([Buffer.from(good.slice(0, -6)), Buffer.from(bytes), Buffer.from(good.slice(-6))])
    const { status, body: said } = await post(body)
    expect([status, said.code]).toEqual([400, "malformed"])
  }
  const utf16 = await post(Buffer.from(good, "utf16le"))
  expect(utf16.status).toBe(400)
})

test("a method that a call has not is 405 and says which it has; what is nowhere is 404 [HA8]", async () => {
  for (const [method, path] of [
    ["PUT", "/commands"],
    ["DELETE", "/commands/x"],
    ["PATCH", "/schema"],
    ["POST", "/events/1"],
    ["POST", "/schema"],
    ["DELETE", "/streams/Slip/x"],
    ["PUT", "/dead-letters/x/redrive"],
    ["GET", "/dead-letters/x/redrive"],
    ["GET", "/projections/x/rebuild"],
    ["POST", "/health"],
    ["GET", "/commands/x/abort"],
  ] as const) {
    const { status, headers: said, body } = await server.ask(path, { method })
    const isThere = path !== "/events/1"
    expect([method, path, status, body.code]).toEqual([
      method,
      path,
      isThere ? 405 : 404,
      isThere ? "method-not-allowed" : "not-found",
    ])
    expect([path, (said.get("allow") ?? "").length > 2]).toEqual([path, isThere])
  }
})

test("every refusal is problem+json with the code, the status and the sentence of the contract [HA8]", async () => {
  await server.command({
    id: "taken",
    type: "Transact",
    data: { ops: [{ entity: "Slip", id: "p1", set: { text: "x" } }] },
  })
  done++
  const rows: [string, number, Promise<{ status: number; headers: Headers; body: Said }>][] = [
    ["malformed", 400, post("{")],
    ["malformed", 400, server.ask("/events?limit=x")],
    ["malformed", 400, server.ask("/commands", { json: { type: "Transact" }, headers: { "daybook-as": "" } })],
    ["not-found", 404, server.ask("/commands/none")],
    ["not-found", 404, server.ask("/nowhere")],
    ["method-not-allowed", 405, server.ask("/commands", { method: "PUT" })],
    [
      "conflict",
      409,
      server.command({ type: "Transact", target: { type: "Slip", id: "p1" }, expectedVersion: 9, data: { ops: [] } }),
    ],
    ["duplicate-conflict", 409, server.command({ id: "taken", type: "Transact", data: { ops: [] } })],
    ["too-large", 413, post("x".repeat(1_048_577))],
    ["unsupported-media", 415, post("x", { "content-type": "text/plain" })],
    ["invalid", 422, server.transact({ entity: "Slip", set: {} })],
    ["unknown-command", 422, server.command({ type: "Nothing" })],
    ["unknown-type", 422, server.transact({ entity: "Nothing" })],
  ]
  for (const [code, status, asking] of rows) {
    const { body, ...answer } = await asking
    expect([code, answer.status, body.code, body.status]).toEqual([code, status, code, status])
    expect(answer.headers.get("content-type")).toMatch(/^application\/problem\+json/)
    for (const member of ["type", "title", "detail"]) expect(body).toHaveProperty(member, expect.stringMatching(/./))
    expect(answer.headers.get("x-content-type-options")).toBe("nosniff")
  }
})

test("in the end the log is whole, and verify finds it clean [N3]", async () => {
  await server.stop()
  const { code, out } = await run(["verify", "--app", library, "--data", data])
  expect([code, out]).toEqual([0, expect.stringContaining("clean")])
  server = await serve([library, "--data", data])
})
