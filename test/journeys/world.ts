import { spawn, type ChildProcess } from "node:child_process"
import { hash } from "node:crypto"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { testStoreVariable } from "../../src/testing/test-store.ts"
import { whenFileEnds } from "../ending.ts"

/** A file of this repository. */
export const file = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
export const library = file("test/journeys/library.json")
export const workshop = file("test/journeys/workshop.ts")
export const roster = file("examples/roster/app.ts")

/** An event as a client in any language sees it. */
export type Event = {
  readonly id: string
  readonly type: string
  readonly stream: { readonly type: string; readonly id: string; readonly version: number }
  readonly t: number
  readonly n: number
  readonly at: string
  readonly occurredAt?: string
  readonly data: Readonly<Record<string, unknown>> & { readonly attributes: Readonly<Record<string, Change>> }
  readonly rejection: boolean
  readonly causedBy: { readonly type: string; readonly id: string }
}

type Change = { readonly old?: unknown; readonly new?: unknown }

/** The members that answers have. Which of them an answer really has is what the tests are about. */
export type Said = {
  readonly id: string
  readonly type: string
  readonly state: string
  readonly t: number
  readonly version: number
  readonly events: readonly Event[]
  readonly next: number
  readonly isEnd: boolean
  readonly result: { readonly ids: Readonly<Record<string, string>> }
  readonly items: readonly Item[]
  readonly code: string
  readonly status: number
  readonly detail: string
  readonly errors: readonly { readonly path: string; readonly code: string; readonly message: string }[]
  readonly history: readonly { readonly state: string; readonly at: string; readonly t: number }[]
  readonly createdAt: string
  readonly updatedAt: string
  readonly data: Readonly<Record<string, unknown>>
  readonly target: { readonly type: string; readonly id: string }
  readonly basisT: number
}

type Item = {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly state: string
  readonly version: number
  readonly lag: number
  readonly key: string
  readonly row: Readonly<Record<string, unknown>>
  readonly error: string | null
  readonly attempts: readonly { readonly at: string; readonly error: string }[]
}

export type Ran = { readonly code: number | null; readonly out: string; readonly err: string }
type Settings = { readonly env?: Record<string, string>; readonly input?: string; readonly cwd?: string }

let count = 0

/** Where tests are to keep what they keep in a database, each folder is a schema of its own there. */
function kept(args: readonly string[]): readonly string[] {
  const server = process.env[testStoreVariable]
  const place = args.indexOf("--data")
  if (server === undefined || server === "" || place < 0) return args
  const data = args[place + 1]!
  const name = data === ":memory:" ? `${process.pid}_${++count}` : hash("sha1", data).slice(0, 20)
  return [...args, "--store", `${server}?schema=journey_${name}`]
}

/** Starts the command line as a user does. It is killed when its file of tests is done. */
export function start(args: readonly string[], { env = {}, cwd = file(".") }: Settings = {}): ChildProcess {
  const child = spawn(file("bin/daybook"), kept(args), { cwd, env: { ...process.env, ...env } })
  whenFileEnds(() => child.kill("SIGKILL"))
  return child
}

/** Runs the command line to its end. */
export async function run(args: readonly string[], settings: Settings = {}): Promise<Ran> {
  const child = start(args, settings)
  child.stdin!.on("error", () => {})
  child.stdin!.end(settings.input ?? "")
  const [[code], out, err] = await Promise.all([once(child, "exit"), text(child.stdout!), text(child.stderr!)])
  return { code: code as number | null, out, err }
}

/** A folder that is gone with the file of tests. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "daybook-journey-"))
  whenFileEnds(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** A server that listens, and how it is talked to. */
export type Served = {
  readonly url: string
  readonly child: ChildProcess
  /** Everything it printed before it listened. */
  readonly said: string
  readonly ask: Ask
  readonly command: (command: object, headers?: Record<string, string>) => Promise<Answer>
  readonly transact: (...ops: object[]) => Promise<Answer>
  readonly stop: (signal?: NodeJS.Signals) => Promise<{ code: number | null; err: string; ms: number }>
}

export type Answer = { readonly status: number; readonly headers: Headers; readonly text: string; readonly body: Said }
export type Ask = (path: string, init?: Init) => Promise<Answer>
type Init = Omit<RequestInit, "headers"> & { readonly headers?: Record<string, string>; readonly json?: unknown }

/** Starts a server and resolves when it has printed its address. */
export async function serve(
  args: readonly string[],
  settings: Settings = {},
  words: readonly string[] = ["--dev", "--port", "0"],
) {
  const child = start(["serve", ...args, ...words], settings)
  const err = text(child.stderr!)
  const exit = once(child, "exit")
  let said = ""
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on("data", (chunk: Buffer) => {
      said += String(chunk)
      if (said.includes("\n")) resolve()
    })
    exit.then(
      async ([code]) => reject(new Error(`It ended with ${code} before it listened: ${await err}`)),
      () => {},
    )
  })
  const url = /listening on (http:\/\/\S+)/.exec(said)?.[1]
  if (url === undefined) throw new Error(`It printed ${said}`)
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    const since = performance.now()
    child.kill(signal)
    const [code] = (await exit) as [number | null]
    return { code, err: await err, ms: performance.now() - since }
  }
  return { url, child, said, stop, ...client(url) }
}

/** How a client that knows nothing but HTTP and JSON talks to a server. */
export function client(url: string) {
  const ask: Ask = async (path, { json, ...init } = {}) => {
    const posted = json === undefined ? {} : { method: "POST", body: JSON.stringify(json) }
    const headers = { ...(json === undefined ? {} : { "content-type": "application/json" }), ...init.headers }
    const response = await fetch(url + path, { ...posted, ...init, headers })
    const said = await response.text()
    const isJson = /json/.test(response.headers.get("content-type") ?? "")
    return {
      status: response.status,
      headers: response.headers,
      text: said,
      body: (isJson && said !== "" ? JSON.parse(said) : {}) as Said,
    }
  }
  const command = (json: object, headers: Record<string, string> = {}) => ask("/commands", { json, headers })
  const transact = (...ops: object[]) => command({ type: "Transact", data: { ops } })
  return { ask, command, transact }
}

/** All events of a daybook, page by page, as a client reads them that trusts nobody. */
export async function allEvents(ask: Ask, query = "", limit = 100): Promise<Event[]> {
  const events: Event[] = []
  for (let after = 0; ;) {
    const { body } = await ask(`/events?after=${after}&limit=${limit}${query}`)
    events.push(...body.events)
    if (body.isEnd) return events
    if (!(body.next > after)) throw new Error(`The page after ${after} goes on after ${body.next}`)
    after = body.next
  }
}

/** What is asked for until it is as it should be. */
export async function until<Got>(ask: () => Promise<Got>, isGood: (got: Got) => boolean, ms = 5_000): Promise<Got> {
  const end = performance.now() + ms
  for (;;) {
    const got = await ask()
    if (isGood(got)) return got
    if (performance.now() > end) throw new Error(`Not in time; the last was ${JSON.stringify(got)}`)
    await pause(20)
  }
}
