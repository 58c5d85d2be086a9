import type { IncomingMessage } from "node:http"
import { describe, expect, test } from "vitest"
import { Refusal } from "../../src/kernel/refusal.ts"
import { isOpen } from "../../src/server/identity.ts"
import { createServer } from "../../src/server/server.ts"
import { FakeDaybook } from "./fake-daybook.ts"
import { exchange, request } from "./raw.ts"
import { answer, json, serving } from "./serving.ts"

describe("without dev", () => {
  test.each(["/commands", "/events", "/schema", "/openapi.json", "/nowhere", "/streams/Note/n1"])(
    "%s is answered with 401: nobody says who asks [A30]",
    async path => {
      const { call } = await serving({ dev: false })
      const { status, headers, body } = await answer(call(path))
      expect([status, body["code"]]).toEqual([401, "unauthenticated"])
      expect(headers.get("www-authenticate")).toBe('Bearer realm="daybook"')
    },
  )

  test.each(["system", "anonymous", "ada", ""])("Daybook-As: %s is refused", async as => {
    const { call, daybook } = await serving({ dev: false })
    const { status, body } = await answer(call("/commands", json({ type: "Write" }, { "daybook-as": as })))
    expect([status, body["code"]]).toEqual([401, "unauthenticated"])
    expect(body["detail"]).toContain("Daybook-As")
    expect(daybook.asked).toEqual([])
  })

  test.each(["/health", "/ready"])("%s is told to anybody [HA7]", async path => {
    const { call, url } = await serving({ dev: false })
    expect((await answer(call(path))).status).toBe(200)
    expect(
      (await exchange(url, request("GET", path, { host: "daybook.example", "x-forwarded-for": "8.8.8.8" }))).status,
    ).toBe(200)
  })

  test("metrics are told on the machine itself [HA7]", async () => {
    const { url } = await serving({ dev: false, metrics: async () => ({ type: "text/plain", text: "a 1\n" }) })
    expect(await exchange(url, request("GET", "/metrics"))).toMatchObject({ status: 200, body: "a 1\n" })
  })

  test.each([
    { "x-forwarded-for": "8.8.8.8" },
    { forwarded: "for=8.8.8.8" },
    { via: "1.1 proxy" },
    { host: "evil.example" },
  ])("metrics are not told to who asks from elsewhere: %j [A30]", async headers => {
    const { url } = await serving({ dev: false })
    expect((await exchange(url, request("GET", "/metrics", headers))).status).toBe(401)
  })

  test.each(["192.168.1.5", "8.8.8.8", "::ffff:10.0.0.1", "2001:db8::1", undefined])(
    "metrics are not told to %s [A30]",
    remoteAddress => {
      const asked = { headers: { host: "10.0.0.2:4000" }, socket: { remoteAddress } }
      expect(isOpen("/metrics", asked as IncomingMessage)).toBe(false)
    },
  )

  test.each(["127.0.0.1", "::1", "::ffff:127.0.0.1"])("%s is this machine", remoteAddress => {
    const asked = { headers: { host: "localhost:4000" }, socket: { remoteAddress } }
    expect(isOpen("/metrics", asked as IncomingMessage)).toBe(true)
  })
})

describe("in dev", () => {
  test.each(["", "a".repeat(201), Buffer.from([0xc3, 0x28]).toString("latin1")])(
    "Daybook-As must be an id: %j is not",
    async as => {
      const { call } = await serving()
      expect(await answer(call("/commands", { headers: { "daybook-as": as } }))).toMatchObject({
        status: 400,
        body: { code: "malformed" },
      })
    },
  )

  test("it listens on loopback only", async () => {
    for (const host of ["0.0.0.0", "::", "192.168.1.1", "example.org"]) {
      const opening = createServer(new FakeDaybook(), { dev: true, host, port: 0 })
      await expect(opening).rejects.toThrow(Refusal)
    }
    for (const host of ["localhost", "127.0.0.1"]) {
      const server = await createServer(new FakeDaybook(), { dev: true, host, port: 0 })
      expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
      await server.close()
    }
  })

  test("a page that led a browser here by a name of its own is not answered", async () => {
    const { url } = await serving()
    const status = async (host: string) => (await exchange(url, request("GET", "/commands", { host }))).status
    expect(await Promise.all(["evil.example", "evil.example:4000", "127.0.0.1.evil.example"].map(status))).toEqual([
      403, 403, 403,
    ])
    expect(await Promise.all(["localhost:4000", "127.0.0.1", "[::1]:80", "app.localhost", "web"].map(status))).toEqual([
      200, 200, 200, 200, 200,
    ])
  })
})
