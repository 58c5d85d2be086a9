import { describe, expect, test } from "vitest"
import { Refusal } from "../../src/kernel/refusal.ts"
import { problems } from "../../src/protocol/problem.ts"
import { exchange, request } from "./raw.ts"
import { answer, json, serving } from "./serving.ts"

const refused = (code: string) => json({ id: "c1", type: "Write", data: { refuse: code } })

describe("every error is a problem", () => {
  const codes = Object.entries(problems).filter(([code]) => code !== "internal" && code !== "method-not-allowed")

  test.each(codes)(
    "%s from the daybook has its status, and says when to come back where that helps [HA8, CE7]",
    async (code, { status }) => {
      const { call } = await serving()
      const { headers, ...rest } = await answer(call("/commands", refused(code)))
      expect(rest).toMatchObject({
        status,
        body: { code, status, detail: "As asked", errors: [{ path: "/data/refuse" }] },
      })
      expect(headers.get("content-type")).toBe("application/problem+json; charset=utf-8")
      expect(headers.get("retry-after") !== null).toBe(["rate-limited", "overloaded", "unavailable"].includes(code))
    },
  )

  test("an error of ours says nothing about itself but an incident, which the journal explains", async () => {
    const { call, daybook } = await serving()
    daybook.broken = new Error("SQLITE_CORRUPT at /secret/place")
    const { status, body } = await answer(call("/events"))
    expect(status).toBe(500)
    expect(body).toMatchObject({ code: "internal" })
    expect(JSON.stringify(body)).not.toContain("secret")
    expect(daybook.lines).toMatchObject([
      { level: "error", facts: { method: "GET", route: "/events", incident: body["incident"], error: daybook.broken } },
    ])
  })

  test("the journal has one line for a request that failed for us, none for one that was wrong", async () => {
    const { call, daybook } = await serving()
    await call("/commands", refused("invalid"))
    await call("/nowhere")
    expect(daybook.lines).toEqual([])
    await call("/commands", refused("unavailable"))
    expect(daybook.lines).toMatchObject([{ level: "warn", facts: { code: "unavailable", route: "/commands" } }])
  })
})

describe("what is asked of nothing", () => {
  test.each(["/", "/nowhere", "/commands/", "/commands/a/b", "/Commands", "/%2e%2e/etc/passwd"])(
    "%s is not found",
    async path => {
      const { call } = await serving()
      expect(await answer(call(path))).toMatchObject({ status: 404, body: { code: "not-found" } })
    },
  )

  test("a method that a path does not know is answered with those it does", async () => {
    const { call } = await serving()
    for (const [path, method, allow] of [
      ["/commands", "DELETE", "POST, GET, HEAD, OPTIONS"],
      ["/commands/c1", "PUT", "GET, HEAD, OPTIONS"],
      ["/commands/c1/abort", "GET", "POST, OPTIONS"],
      ["/streams/Note/n%2F1?limit=1", "PATCH", "GET, HEAD, OPTIONS"],
      ["/openapi.json", "POST", "GET, HEAD, OPTIONS"],
    ] as const) {
      const { status, headers, body } = await answer(call(path, { method }))
      expect([status, headers.get("allow"), body["code"]]).toEqual([405, allow, "method-not-allowed"])
    }
  })

  test("a method with a body is answered so too, whatever the body is", async () => {
    const { call } = await serving()
    for (const body of ["{", "x".repeat(2_000_000)]) {
      const init = { method: "PUT", headers: { "content-type": "application/json" }, body }
      expect((await answer(call("/commands", init))).status).toBe(405)
      expect((await answer(call("/nowhere", { ...init, method: "POST" }))).status).toBe(404)
    }
  })

  test("OPTIONS is answered with what may be done; no page from elsewhere is let in", async () => {
    const { call } = await serving()
    const response = await call("/commands", {
      method: "OPTIONS",
      headers: { "access-control-request-method": "POST", origin: "http://evil.example" },
    })
    expect([response.status, response.headers.get("allow")]).toEqual([204, "POST, GET, HEAD, OPTIONS"])
    expect([...response.headers.keys()].filter(name => name.startsWith("access-control"))).toEqual([])
  })

  test.each(["TRACE", "PROPFIND", "QUERY"])("%s is a method like others", async method => {
    const { url } = await serving()
    expect((await exchange(url, request(method, "/commands"))).status).toBe(405)
    expect((await exchange(url, request(method, "/nowhere"))).status).toBe(404)
  })
})

describe("HEAD", () => {
  test.each(["/health", "/events", "/schema", "/commands", "/openapi.json"])(
    "%s has the headers of GET and no body",
    async path => {
      const { call } = await serving()
      const [got, head] = [await call(path), await call(path, { method: "HEAD" })]
      const text = await got.text()
      expect(await head.text()).toBe("")
      expect(head.status).toBe(200)
      expect(head.headers.get("content-length")).toBe(`${Buffer.byteLength(text)}`)
      expect(head.headers.get("content-type")).toBe(got.headers.get("content-type"))
    },
  )

  test("of a feed is answered at once", async () => {
    const { call } = await serving()
    const response = await call("/events", { method: "HEAD", headers: { accept: "text/event-stream" } })
    expect([response.status, response.headers.get("content-type"), await response.text()]).toEqual([
      200,
      "text/event-stream; charset=utf-8",
      "",
    ])
  })
})

describe("what is hardly a request", () => {
  test("headers of more than 16 KB are refused with 431", async () => {
    const { url } = await serving()
    const { status, head, body } = await exchange(url, request("GET", "/health", { "x-long": "x".repeat(20_000) }))
    expect(status).toBe(431)
    expect(head).toContain("application/problem+json")
    expect(JSON.parse(body)).toMatchObject({ code: "too-large", status: 431 })
  })

  test.each(["nonsense\r\n\r\n", "GET / HTTP/1.1\r\nhost: a\r\nbad header\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"])(
    "%j is no HTTP",
    async text => {
      const { url } = await serving()
      const { status, body } = await exchange(url, text)
      expect([status, (JSON.parse(body) as { code: string }).code]).toEqual([400, "malformed"])
    },
  )

  test("two lengths that differ, and a length beside chunks, are refused: nothing is smuggled", async () => {
    const { url, daybook } = await serving()
    const twice =
      "POST /commands HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{} "
    const both =
      "POST /commands HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"
    for (const text of [twice, both]) expect((await exchange(url, text)).status).toBe(400)
    expect(daybook.asked).toEqual([])
  })

  const post = "POST /commands HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n"
  test.each([
    ["a body that breaks off", `${post}content-length: 500\r\n\r\n{"a"`, 400, "malformed"],
    ["a chunk that is none", `${post}transfer-encoding: chunked\r\n\r\nzz\r\n`, 400, "malformed"],
    [
      "an upload that breaks off",
      `${post.replace("commands", "files")}content-length: 500\r\n\r\n{"a"`,
      400,
      "malformed",
    ],
    ["a wish that nobody knows", `${post}expect: wonders\r\ncontent-length: 2\r\n\r\n{}`, 400, "malformed"],
    ["a way through", "CONNECT elsewhere:1 HTTP/1.1\r\nhost: elsewhere:1\r\n\r\n", 405, "method-not-allowed"],
  ])("%s is answered with a problem, and nothing is done", async (_what, text, status, code) => {
    const { url, daybook } = await serving()
    const answer = await exchange(url, text, { half: true })
    expect([answer.status, (JSON.parse(answer.body) as { code: string }).code]).toEqual([status, code])
    expect(answer.head.match(/http\/1\.1/g)).toHaveLength(1)
    expect(daybook.asked).toEqual([])
    expect(await fetch(`${url}/health`)).toMatchObject({ status: 200 })
  })

  test("a request without a Host is refused, as HTTP/1.1 wants it", async () => {
    const { url } = await serving()
    expect((await exchange(url, "GET /ready HTTP/1.1\r\nconnection: close\r\n\r\n")).status).toBe(400)
  })

  test.each([
    "/commands/%zz",
    "/commands/%c3%28",
    "/events?after=%zz",
    `/commands/${"a".repeat(3_000)}`,
    "/commands/a%00b",
    "/commands/a%0ab",
  ])("the path %s is refused, not followed", async path => {
    const { url } = await serving()
    const { status, head } = await exchange(url, request("GET", path))
    expect(status).toBeGreaterThanOrEqual(400)
    expect(status).toBeLessThan(500)
    expect(head).toContain("application/problem+json")
  })

  test("a header that would add a line to an answer cannot: it is refused", async () => {
    const { call } = await serving()
    const { status, body } = await answer(
      call("/commands", json({ id: "c\r\nset-cookie: a=b", type: "Write" }, { prefer: "respond-async" })),
    )
    expect([status, body["code"]]).toEqual([400, "malformed"])
  })

  test("the store's refusals stay what they are on every route", async () => {
    const { call, daybook } = await serving()
    daybook.broken = new Refusal("unavailable", "The disk is full")
    expect(await answer(call("/events"))).toMatchObject({
      status: 503,
      body: { code: "unavailable", detail: "The disk is full" },
    })
    expect((await answer(call("/ready"))).headers.get("retry-after")).toBe("2")
  })
})

test("every answer says that its type is what it says, and that it is not to be kept", async () => {
  const { call } = await serving()
  for (const path of ["/commands", "/health", "/nowhere", "/events?limit=x"]) {
    const { headers } = await call(path)
    expect([headers.get("x-content-type-options"), headers.get("cache-control")]).toEqual(["nosniff", "no-store"])
    expect(headers.get("x-powered-by") ?? headers.get("server")).toBeNull()
  }
})
