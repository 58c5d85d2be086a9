import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

const binary = fileURLToPath(new URL("../../bin/daybook", import.meta.url))

/** What came back over HTTP. */
export type Told = { readonly status: number; readonly type: string | null; readonly body: unknown }

/** A server of its own, out of a schema file, as anybody would start it. */
export class Outside {
  readonly #folder = mkdtempSync(join(tmpdir(), "daybook-outside-"))
  #child: ChildProcess | null = null
  #url = ""

  async start(schema: object): Promise<void> {
    const file = join(this.#folder, "schema.json")
    writeFileSync(file, JSON.stringify(schema))
    const child = spawn(binary, ["serve", file, "--dev", "--data", ":memory:", "--port", "0"])
    this.#child = child
    const line = await Promise.race([
      once(child.stdout, "data").then(([data]) => String(data)),
      once(child.stderr, "data").then(([data]) => Promise.reject(new Error(String(data)))),
    ])
    this.#url = /^daybook listening on (\S+)\n$/.exec(line)![1]!
  }

  async stop(): Promise<void> {
    if (this.#child !== null) {
      const exit = once(this.#child, "exit")
      this.#child.kill("SIGTERM")
      await exit
    }
    rmSync(this.#folder, { recursive: true, force: true })
  }

  async post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Told> {
    const text = typeof body === "string" ? body : JSON.stringify(body)
    const options = { method: "POST", headers: { "content-type": "application/json", ...headers }, body: text }
    const answer = await fetch(this.#url + path, options)
    return { status: answer.status, type: answer.headers.get("content-type"), body: await answer.json() }
  }

  /** The text of what a call answers that is still going on after half a second, or the whole of it. */
  async get(path: string, headers: Readonly<Record<string, string>> = {}): Promise<string> {
    const answer = await fetch(this.#url + path, { headers })
    const reader = answer.body!.getReader()
    const stop = setTimeout(() => void reader.cancel(), 500)
    let text = ""
    for (;;) {
      const { value, done } = await reader.read()
      if (done) break
      text += Buffer.from(value).toString()
    }
    clearTimeout(stop)
    return text
  }

  query(body: unknown, as?: string): Promise<Told> {
    return this.post("/query", body, as === undefined ? {} : { "daybook-as": as })
  }

  transact(ops: unknown, as?: string): Promise<Told> {
    return this.post("/commands", { type: "Transact", data: { ops } }, as === undefined ? {} : { "daybook-as": as })
  }
}
