import { connect } from "node:net"
import { once } from "node:events"
import { afterAll, afterEach, beforeAll, expect, test } from "vitest"
import { exchange, request } from "./raw.ts"
import { library, serve, until, type Event, type Served } from "./world.ts"

let server: Served
beforeAll(async () => {
  server = await serve([library, "--data", ":memory:"])
})
afterAll(() => server.stop())
afterEach(async () => {
  const { status } = await server.ask("/ready")
  if (status !== 200) throw new Error(`After this test the server is ready no more: ${status}`)
})

const command = (id: string) =>
  JSON.stringify({ id, type: "Transact", data: { ops: [{ entity: "Slip", id, set: { text: id } }] } })
const wasDone = async (id: string) => (await server.ask(`/streams/Slip/${id}`)).status === 200

test("pipelined requests are answered in order, each whole", async () => {
  const requests = Array.from({ length: 20 }, (_, i) =>
    request("POST /commands", { connection: i === 19 ? "close" : "keep-alive" }, command(`pipe-${i}`)),
  )
  const answers = await exchange(server.url, Buffer.concat(requests))
  expect(answers.map(a => [a.status, (JSON.parse(a.body) as { id: string }).id])).toEqual(
    requests.map((_, i) => [200, `pipe-${i}`]),
  )
})

test("a refused request in a pipeline harms neither those before nor those after it", async () => {
  const keep = { connection: "keep-alive" }
  const answers = await exchange(
    server.url,
    Buffer.concat([
      request("POST /commands", keep, command("before")),
      request("POST /commands", keep, "{"),
      request("PUT /commands", keep),
      request("POST /commands", {}, command("after")),
    ]),
  )
  expect(answers.map(a => a.status)).toEqual([200, 400, 405, 200])
})

test("a body that ends too early is not taken for a whole one", async () => {
  const whole = request("POST /commands", {}, command("cut"))
  for (const cut of [1, 10, 60]) {
    const answers = await exchange(server.url, whole.subarray(0, whole.length - cut), socket => socket.end())
    expect(answers.every(a => a.status >= 400 && a.status < 500)).toBe(true)
  }
  const chunked = { "transfer-encoding": "chunked", "content-length": "0" }
  const head = request("POST /commands", { ...chunked })
    .toString()
    .replace("content-length: 0\r\n", "")
  await exchange(server.url, `${head}40\r\n${command("cut").slice(0, 64)}\r\n`, socket => socket.end())
  expect(await wasDone("cut")).toBe(false)
})

test("what is not HTTP is answered with a problem, or with a closed connection, and never more [HA8]", async () => {
  const raw = [
    "hello\r\n\r\n",
    "GET\r\n\r\n",
    "GET / HTTP/9.9\r\n\r\n",
    "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001",
    "GET /ready HTTP/1.1\r\n\r\n",
    "GET /ready HTTP/1.1\r\nhost: a\r\nhost : b\r\n\r\n",
    "POST /commands HTTP/1.1\r\nhost: a\r\ncontent-length: -5\r\n\r\n",
    "POST /commands HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nabcde",
    "POST /commands HTTP/1.1\r\nhost: a\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    "POST /commands HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nZZ\r\n",
    "GET /a b HTTP/1.1\r\nhost: a\r\n\r\n",
    `${"A".repeat(100_000)}`,
  ]
  for (const sent of raw) {
    const answers = await exchange(server.url, Buffer.from(sent, "latin1"), socket => socket.end())
    for (const { status, head, body } of answers) {
      expect([sent.slice(0, 40), status >= 400 && status < 500]).toEqual([sent.slice(0, 40), true])
      expect([sent.slice(0, 40), head]).toEqual([
        sent.slice(0, 40),
        expect.stringContaining("application/problem+json"),
      ])
      expect((JSON.parse(body) as { code: string }).code).toMatch(/^(?:malformed|too-large|timeout|not-found)$/)
    }
  }
})

test("a hundred that send half a request and wait keep nobody else waiting [A30]", async () => {
  const { hostname, port } = new URL(server.url)
  const half = await Promise.all(
    Array.from({ length: 100 }, async (_, i) => {
      const socket = connect({ host: hostname, port: Number(port) })
      socket.on("error", () => {})
      await once(socket, "connect")
      socket.write(
        i % 2 === 0
          ? "POST /commands HTTP/1.1\r\nhost: localhost\r\nx-"
          : request("POST /commands", { "content-length": "500" }, "{"),
      )
      return socket
    }),
  )
  const since = performance.now()
  for (let i = 0; i < 20; i++) expect((await server.transact({ entity: "Slip", set: { text: "x" } })).status).toBe(200)
  expect(performance.now() - since).toBeLessThan(2_000)
  for (const socket of half) socket.destroy()
  await until(
    () => server.ask("/ready"),
    ({ status }) => status === 200,
  )
})

test("a client that goes away while its command runs has not undone it", async () => {
  const sent = Array.from({ length: 20 }, (_, i) =>
    exchange(server.url, request("POST /commands", {}, command(`gone-${i}`)), socket =>
      setImmediate(() => socket.destroy()),
    ),
  )
  await Promise.all(sent)
  // Each is there whole or not at all, and may be asked for again.
  for (let i = 0; i < 20; i++) {
    const { body } = await server.ask("/commands", {
      method: "POST",
      body: command(`gone-${i}`),
      headers: { "content-type": "application/json" },
    })
    expect([body.state, body.events.length]).toEqual(["succeeded", 1])
    expect((await server.ask(`/streams/Slip/gone-${i}`)).body.version).toBe(1)
  }
})

test("paths are what they say: no way leads out, and what is escaped twice is not unescaped twice", async () => {
  for (const path of [
    "/streams/Slip/../../etc/passwd",
    "/../../etc/passwd",
    "/streams/..%2f..%2f..%2fetc%2fpasswd/x",
    "/schema/entities/..%2f..%2fpackage.json",
    "//etc/passwd",
    "/streams/Slip/%252e%252e",
  ]) {
    const [answer] = await exchange(server.url, request(`GET ${path}`))
    expect([path, answer!.status]).toEqual([path, 404])
  }
  for (const path of ["/streams/Slip/%ff%fe", "/streams/Slip/%", "/%zz"]) {
    const [answer] = await exchange(server.url, request(`GET ${path}`))
    expect([path, answer!.status]).toEqual([path, 400])
  }
  expect((await exchange(server.url, request("OPTIONS *")))[0]!.status).toBeLessThan(500)
  expect((await exchange(server.url, request("TRACE /commands")))[0]!.status).toBeLessThan(500)
  expect((await exchange(server.url, request("CONNECT localhost:1")))[0]?.status ?? 400).toBeLessThan(500)
})

test("a page of elsewhere that calls this machine by its own name is not served [AA8 AA11]", async () => {
  const [foreign] = await exchange(server.url, request("GET /events", { host: "evil.example" }))
  expect([foreign!.status, (JSON.parse(foreign!.body) as { code: string }).code]).toEqual([403, "forbidden"])
  for (const host of ["localhost:1234", "127.0.0.1", "[::1]:80"]) {
    expect([host, (await exchange(server.url, request("GET /ready", { host })))[0]!.status]).toEqual([host, 200])
  }
})

test("Expect: 100-continue is answered, and an upgrade that is not offered is declined", async () => {
  const answers = await exchange(server.url, request("POST /commands", { expect: "100-continue" }, command("expect")))
  expect(answers.at(-1)!.status).toBe(200)
  const upgrade = await exchange(server.url, request("GET /socket", { connection: "upgrade, close", upgrade: "h2c" }))
  expect(upgrade[0]!.status).toBeLessThan(500)
})

test("what is large comes in shorter pages, and none of it is left out [N15 N13]", async () => {
  const { basisT } = (await server.ask("/ready")).body
  for (let i = 0; i < 12; i++) {
    const summary = `${i}${"y".repeat(900_000)}`
    await server.transact({ entity: "Book", id: "large", set: { title: "L", shelf: "large", summary } })
  }
  const numbersOf = (events: readonly Event[]) =>
    events.map(e => Number.parseInt(String(e.data.attributes["summary"]!.new), 10))
  const [fromLog, fromStream]: [number[], number[]] = [[], []]
  for (let [after, isEnd] = [basisT, false]; !isEnd;) {
    const { body, text } = await server.ask(`/events?after=${after}&limit=1000`)
    expect(text.length).toBeLessThan(40_000_000)
    fromLog.push(...numbersOf(body.events))
    ;({ next: after, isEnd } = body)
  }
  for (let [from, isEnd] = [1, false]; !isEnd;) {
    const { body } = await server.ask(`/streams/Book/large?from=${from}&limit=1000`)
    fromStream.push(...numbersOf(body.events))
    ;({ next: from, isEnd } = body)
  }
  const all = Array.from({ length: 12 }, (_, i) => i)
  expect([fromLog, fromStream]).toEqual([all, all])
})
