import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import { openDaybook, type App, type Daybook } from "../../src/index.ts"
import { createServer } from "../../src/server/server.ts"
import { simulatedClock, type SimulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { whenTestEnds } from "../ending.ts"
import { answer, json } from "../server/serving.ts"

/** What was answered. */
export type Body = Record<string, unknown>
/** An application that is served under simulated time. */
export type Server = {
  readonly daybook: Daybook
  readonly clock: SimulatedClock
  readonly call: (path: string, init?: RequestInit) => Promise<{ status: number; body: Body }>
  readonly post: (path: string, body?: unknown) => Promise<{ status: number; body: Body }>
  readonly of: (id: string) => Promise<Body>
  readonly tell: (n: string, more?: object, to?: string | null, id?: string) => Promise<{ status: number; body: Body }>
}

/** Serves an application on a store in memory. `tell`: of an event `It`, to one command, `j` unless another is said, or to all. */
export async function served(app: App): Promise<Server> {
  const clock = simulatedClock("2030-01-01T00:00:00Z")
  const store = sqliteStore({ path: ":memory:", now: () => clock.now() })
  const daybook = await openDaybook(app, { store, clock, ids: seededIds(5) })
  const server = await createServer(daybook, { dev: true, host: "127.0.0.1", port: 0 })
  whenTestEnds(() => daybook.close())
  whenTestEnds(() => server.close())
  const call: Server["call"] = (path, init) => answer(fetch(server.url + path, init))
  const post = async (path: string, body: unknown = {}) => {
    const said = await call(path, json(body))
    await daybook.drain()
    return said
  }
  const tell: Server["tell"] = (n, more = {}, to = "j", id = `e-${n}`) =>
    post("/events", { id, type: "It", data: { n, of: "me", ...more }, ...(to === null ? {} : { to }) })
  return { daybook, clock, call, post, tell, of: async id => (await call(`/commands/${id}`)).body }
}
