import { expect, test } from "vitest"
import { createServer } from "../../src/server/server.ts"
import { connectTo, request } from "./raw.ts"
import { FakeDaybook } from "./fake-daybook.ts"
import { answer, expectSoon, json } from "./serving.ts"

async function opened() {
  const daybook = new FakeDaybook()
  return { daybook, server: await createServer(daybook, { dev: true, host: "127.0.0.1", port: 0 }) }
}

const slow = { id: "c1", type: "Write", target: { type: "Note", id: "n1" }, data: { slow: true } }

test("closing finishes what is running, ends the feeds, and takes nothing new", async () => {
  const { daybook, server } = await opened()
  const running = answer(fetch(`${server.url}/commands`, json(slow)))
  const feed = await fetch(`${server.url}/events`, { headers: { accept: "text/event-stream" } })
  await expectSoon(() => daybook.asked.length).toBe(1)
  const closed = server.close()
  expect(await feed.text()).toBe("retry: 1000\n\n")
  await expect(fetch(`${server.url}/health`)).rejects.toThrow("fetch failed")
  daybook.finish("c1")
  expect(await running).toMatchObject({ status: 200, body: { id: "c1", state: "succeeded" } })
  await closed
  expect(server.close()).toBe(server.close())
})

test("an open connection that asks while the server stops is told so, with when to come back", async () => {
  const { daybook, server } = await opened()
  const sockets = [0, 1, 2].map(() => connectTo(server.url))
  const texts = ["", "", ""]
  sockets.forEach((socket, i) => socket.setEncoding("utf8").on("data", (chunk: string) => (texts[i] += chunk)))
  const body = JSON.stringify({ ...slow, id: "c2" })
  sockets[0]!.write(
    `POST /commands HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`,
  )
  // Each is in the middle of a request when the server begins to stop, and completes it then.
  const rest = (i: number, path: string) => {
    const text = request("GET", path)
    sockets[i]!.write(text.slice(0, 10))
    return () => sockets[i]!.write(text.slice(10))
  }
  const [events, ready] = [rest(1, "/events"), rest(2, "/ready")]
  await expectSoon(() => daybook.asked.length).toBe(1)
  // What was written before is read before this is answered.
  await fetch(`${server.url}/health`)
  const closed = server.close()
  events()
  ready()
  await expectSoon(() =>
    texts.slice(1).every(text => text.includes("HTTP/1.1 503") && text.includes("retry-after: 2")),
  ).toBe(true)
  expect(texts[1]).toContain('"code":"unavailable"')
  daybook.finish("c2")
  await closed
  await expectSoon(() => texts[0]).toContain("HTTP/1.1 200")
})

test("closing waits ten seconds for what does not end, and no longer", async () => {
  const { daybook, server } = await opened()
  const lost = fetch(`${server.url}/commands`, json({ ...slow, id: "c3" }, { prefer: "wait=10" })).catch(
    (error: unknown) => error,
  )
  await expectSoon(() => daybook.asked.length).toBe(1)
  await daybook.clock.advance(1)
  const closed = server.close()
  // The command's own wait is over a millisecond before the server's.
  await daybook.clock.advance(9_000)
  expect(await Promise.race([closed.then(() => "closed"), Promise.resolve("open")])).toBe("open")
  await daybook.clock.advance(1_000)
  await closed
  expect(await lost).toMatchObject({ status: 202 })
})

test("a connection that only began to ask, and an idle one, do not hold the server up", async () => {
  const { daybook, server } = await opened()
  const [begun, idle] = [connectTo(server.url), connectTo(server.url)]
  begun.on("error", () => {})
  begun.write("GET /events HTTP/1.1\r\nhost: loc")
  let text = ""
  idle.setEncoding("utf8").on("data", (chunk: string) => (text += chunk))
  idle.write("GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n")
  await expectSoon(() => text).toContain("alive")
  await server.close()
  expect(daybook.clock.nextDue()).toBeNull()
})

test("a port that is taken is an error, not a hang", async () => {
  const { server } = await opened()
  const port = Number(new URL(server.url).port)
  await expect(createServer(new FakeDaybook(), { dev: true, host: "127.0.0.1", port })).rejects.toThrow("EADDRINUSE")
  await server.close()
})
