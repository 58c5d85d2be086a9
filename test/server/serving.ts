import { expect } from "vitest"
import { createServer } from "../../src/server/server.ts"
import { whenTestEnds } from "../ending.ts"
import { FakeDaybook } from "./fake-daybook.ts"

/** What a test says with `fetch`, shortened. */
export type Call = (path: string, init?: RequestInit) => Promise<Response>

/** A server on a free port over a fake daybook. It is closed after the test. */
export async function serving(
  options: { dev?: boolean; metrics?: () => Promise<{ type: string; text: string }> } = {},
) {
  const daybook = new FakeDaybook()
  const server = await createServer(daybook, { dev: true, host: "127.0.0.1", port: 0, ...options })
  whenTestEnds(() => server.close())
  const call: Call = (path, init) => fetch(server.url + path, init)
  return { daybook, server, url: server.url, call }
}

/** A POST of JSON. */
export function json(body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit {
  return { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) }
}

/** What a call was answered with. */
export async function answer(
  response: Response | Promise<Response>,
): Promise<{ status: number; headers: Headers; body: Body }> {
  const { status, headers, ...rest } = await Promise.resolve(response).then(async r => ({
    status: r.status,
    headers: r.headers,
    text: await r.text(),
  }))
  return { status, headers, body: (rest.text === "" ? null : JSON.parse(rest.text)) as Body }
}

/** The JSON of an answer; what it is, is what the test is about. */
export type Body = Record<string, unknown>

/** What will be so as soon as both sides have been heard: it is looked at again and again, at once. */
export function expectSoon<Value>(look: () => Value) {
  return expect.poll(look, { interval: 2, timeout: 4_000 })
}
