import { spawn, spawnSync, type ChildProcess } from "node:child_process"
import { mkdtempSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"

export const bin = fileURLToPath(new URL("../../bin/daybook", import.meta.url))
export const benchApp = fileURLToPath(new URL("../../bench/serve-app.ts", import.meta.url))

/** A server in a process of its own, as a user starts it. */
export type Served = {
  readonly url: string
  readonly process: ChildProcess
  kill(signal: NodeJS.Signals): Promise<void>
}

export function newFolder(): string {
  return mkdtempSync(join(tmpdir(), "daybook-long-"))
}

/** Starts a server on a folder and resolves when it has printed its address. */
export async function serve(app: string, data: string, env: Record<string, string> = {}): Promise<Served> {
  return serveOn(app, ["--data", data], env)
}

/** The same on a store that the words name. */
export async function serveOn(
  app: string,
  words: readonly string[],
  env: Record<string, string> = {},
): Promise<Served> {
  const child = spawn(bin, ["serve", app, ...words, "--port", "0", "--dev"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, ...env },
  })
  let said = ""
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()))
  const gone = new Promise<void>(resolve => {
    child.on("exit", () => resolve())
  })
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout.on("data", (chunk: Buffer) => {
      said += chunk.toString()
      const found = /listening on (http:\/\/\S+)/.exec(said)
      if (found !== null) resolve(found[1]!)
    })
    child.on("exit", code => reject(new Error(`The server ended with ${code} before it was ready:\n${said}`)))
  })
  const kill = (signal: NodeJS.Signals) => {
    child.kill(signal)
    return gone
  }
  return { url, process: child, kill }
}

/** Runs a verb of the command line to its end. */
export function run(...args: readonly string[]): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(bin, args, { encoding: "utf8", maxBuffer: 1 << 30 })
  return { code: status, out: stdout, err: stderr }
}
