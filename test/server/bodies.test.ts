import { once } from "node:events"
import { describe, expect, test } from "vitest"
import { bounds } from "../../src/server/bounds.ts"
import { connectTo, exchange, request } from "./raw.ts"
import { answer, expectSoon, json, serving } from "./serving.ts"

const post = (body: string | Uint8Array<ArrayBuffer>, type: string | null = "application/json"): RequestInit => ({
  method: "POST",
  headers: type === null ? {} : { "content-type": type },
  body,
})
const good = JSON.stringify({ type: "Write", target: { type: "Note", id: "n" }, data: { text: "x" } })

describe("a body that is refused", () => {
  test("not JSON: with the place where it ceases to be", async () => {
    const { call, daybook } = await serving()
    const { status, headers, body } = await answer(call("/commands", post('{"type": "Write",\n  "data": {]}')))
    expect(status).toBe(400)
    expect(headers.get("content-type")).toBe("application/problem+json; charset=utf-8")
    expect(body).toMatchObject({
      type: "urn:daybook:problem:malformed",
      code: "malformed",
      status: 400,
      line: 2,
      column: 12,
      errors: [{ path: "", code: "json" }],
    })
    expect(daybook.asked).toEqual([])
  })

  test.each(["", " ", "null", '"x"', "5", "true"])("%j: no command at all", async body => {
    const { call } = await serving()
    expect(await answer(call("/commands", post(body)))).toMatchObject({ status: 400, body: { code: "malformed" } })
  })

  test("bytes that are not UTF-8 are not recorded as question marks", async () => {
    const { call, daybook } = await serving()
    const latin1 = Buffer.from(good.replace('"x"', '"é"'), "latin1")
    expect(await answer(call("/commands", post(latin1)))).toMatchObject({
      status: 400,
      body: { errors: [{ code: "utf8" }] },
    })
    expect((await answer(call("/commands", post(Buffer.from(good.replace('"x"', '"é"')))))).status).toBe(200)
    expect(daybook.log[0]?.data).toEqual({ text: "é" })
  })

  test("__proto__ changes no object", async () => {
    const { call, daybook } = await serving()
    for (const body of [
      '{"__proto__": {"type": "Write"}}',
      '{"type": "Write", "data": {"__proto__": {"admin": true}}}',
      '[{"\\u005f_proto__": 1}]',
    ]) {
      expect(await answer(call("/commands", post(body)))).toMatchObject({
        status: 400,
        body: { errors: [{ code: "key" }] },
      })
    }
    expect(daybook.asked).toEqual([])
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  test("nesting: 32 levels are taken, more are too large, a hundred thousand are no harm", async () => {
    const { call } = await serving()
    const nested = (depth: number) => `{"type": "Transact", "data": {"a": ${"[".repeat(depth)}${"]".repeat(depth)}}}`
    expect((await answer(call("/commands", post(nested(30))))).status).toBe(200)
    expect(await answer(call("/commands", post(nested(31))))).toMatchObject({
      status: 413,
      body: { code: "too-large" },
    })
    expect(await answer(call("/commands", post(nested(100_000))))).toMatchObject({ status: 413 })
    expect(await answer(call("/commands", post(`[${nested(100_000)}, ${good}]`)))).toMatchObject({
      status: 200,
      body: [{ state: "refused", code: "too-large" }, { state: "succeeded" }],
    })
  })

  test.each([
    "text/plain",
    "application/xml",
    "multipart/form-data; boundary=x",
    "application/json; charset=latin1",
    "nonsense",
    null,
  ])("of type %s: only application/json is read", async type => {
    const { call } = await serving()
    const { status, body } = await answer(call("/commands", post(Buffer.from(good), type)))
    expect([status, body["code"]]).toEqual([415, "unsupported-media"])
  })

  test.each(["application/json", "application/json; charset=utf-8", 'Application/JSON;charset="UTF-8"'])(
    "of type %s is read",
    async type => {
      const { call } = await serving()
      expect((await answer(call("/commands", post(good, type)))).status).toBe(200)
    },
  )
})

describe("a body that is too large", () => {
  const large = JSON.stringify({ type: "Write", data: { text: "x".repeat(2 * 1_048_576) } })

  test("is refused with 413, and the client is told although it was still writing", async () => {
    const { call, daybook } = await serving()
    for (let i = 0; i < 5; i++) {
      expect(await answer(call("/commands", post(large)))).toMatchObject({ status: 413, body: { code: "too-large" } })
    }
    expect(daybook.asked).toEqual([])
  })

  test("is refused as well when it does not say how long it is", async () => {
    const { url } = await serving()
    const chunk = `10000\r\n${"x".repeat(0x10000)}\r\n`
    const sent = request(
      "POST",
      "/commands",
      { "content-type": "application/json", "transfer-encoding": "chunked" },
      chunk.repeat(40) + "0\r\n\r\n",
    )
    const { status, head } = await exchange(url, sent)
    expect(status).toBe(413)
    expect(head).toContain("application/problem+json")
  })

  test("of one megabyte exactly is taken", async () => {
    const { call } = await serving()
    const frame = JSON.stringify({ type: "Write", data: { text: "" } })
    const full = JSON.stringify({ type: "Write", data: { text: "x".repeat(1_048_576 - frame.length) } })
    expect((await answer(call("/commands", post(full)))).status).toBe(200)
    expect((await answer(call("/commands", post(`${full} `)))).status).toBe(413)
  })

  test("is not waited for without end: who stops writing is answered after two seconds", async () => {
    const { url, daybook } = await serving()
    const head = { "content-type": "application/json", "content-length": "9999999" }
    const answered = exchange(url, request("POST", "/commands", head, "{"))
    await expectSoon(() => daybook.clock.nextDue()).toBe(2_000)
    await daybook.clock.advance(2_000)
    expect((await answered).status).toBe(413)
  })

  test("is taken to its end before the answer ends the connection, wherever it was sent", async () => {
    const { url } = await serving()
    const body = "x".repeat(4_000_000)
    for (const [path, status] of [
      ["/commands", 413],
      ["/nowhere", 404],
      ["/health", 405],
    ] as const) {
      const head = { "content-type": "application/json", "content-length": `${body.length}` }
      const socket = connectTo(url)
      let answered = ""
      socket.setEncoding("utf8").on("data", (chunk: string) => (answered += chunk))
      // The second half is only written once the server has had the time to answer the first.
      const sent = request("POST", path, head, body)
      socket.write(sent.slice(0, 2_000_000))
      await fetch(`${url}/health`)
      expect(answered).toBe("")
      socket.write(sent.slice(2_000_000))
      await expectSoon(() => answered).toContain(`HTTP/1.1 ${status}`)
      socket.destroy()
    }
  })
})

test("a connection goes on after a body that was refused but read", async () => {
  const { url } = await serving()
  const head = (length: number) =>
    `POST /commands HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${length}\r\n\r\n`
  const last = request(
    "POST",
    "/commands",
    { "content-type": "application/json", "content-length": `${good.length}` },
    good,
  )
  const socket = connectTo(url)
  let text = ""
  socket.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
  socket.write(`${head(1)}{`)
  await expectSoon(() => text).toContain("HTTP/1.1 400")
  socket.write(last)
  await expectSoon(() => text).toContain("HTTP/1.1 200")
})

test("a call that needs no body takes one of no bytes, whatever its type says", async () => {
  const { call } = await serving()
  await call("/commands", json({ id: "c1", type: "Write" }))
  for (const init of [{ method: "POST" }, { method: "POST", headers: { "content-type": "application/json" } }]) {
    expect(await answer(call("/commands/c1/abort", init))).toMatchObject({
      status: 200,
      body: { id: "c1", state: "succeeded" },
    })
  }
})

test("a body that is shorter than it says is no request", async () => {
  const { url, daybook } = await serving()
  const socket = connectTo(url)
  socket.write(
    request("POST", "/commands", { "content-type": "application/json", "content-length": "500" }, good),
    () => socket.destroy(),
  )
  await once(socket, "close")
  expect((await answer(fetch(`${url}/health`))).status).toBe(200)
  expect(daybook.asked).toEqual([])
})

describe("a body that does not come", () => {
  const late = (method: string, path: string) =>
    request(
      method,
      path,
      { connection: "keep-alive", "content-type": "application/json", "content-length": "100" },
      "{",
    )

  test("is given up in time: the client is told, and its connection ends", async () => {
    const { url, daybook } = await serving()
    const answered = exchange(url, late("POST", "/commands"))
    await expectSoon(() => daybook.clock.nextDue()).toBe(bounds.requestMsMax)
    await daybook.clock.advance(bounds.requestMsMax)
    expect(await answered).toMatchObject({ status: 408, body: expect.stringContaining('"code":"timeout"') })
    expect(daybook.asked).toEqual([])
    expect(daybook.lines).toEqual([])
    // Nothing of it waits any more.
    await expectSoon(() => daybook.clock.nextDue()).toBe(null)
  })

  test("ends its connection as well where it was answered without it", async () => {
    const { url, daybook } = await serving()
    const answered = exchange(url, late("GET", "/health"))
    await expectSoon(() => daybook.times).toHaveLength(1)
    await daybook.clock.advance(bounds.requestMsMax)
    expect(await answered).toMatchObject({ status: 200 })
  })

  test("ends the connection of who does not end it, after something that is no request", async () => {
    const { url, daybook } = await serving()
    const socket = connectTo(url, { allowHalfOpen: true })
    socket.resume().write("this is no HTTP\r\n\r\n")
    await once(socket, "end")
    expect(daybook.clock.nextDue()).toBe(bounds.droppedMsMax)
    await daybook.clock.advance(bounds.droppedMsMax)
    // The other side is closed as well: what is written now meets nobody.
    const gone = once(socket, "drain")
    socket.write("still here")
    socket.write("and here")
    await expect(gone).rejects.toThrow(/EPIPE|ECONNRESET/)
  })
})
