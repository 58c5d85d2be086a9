import { spawn, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync } from "node:fs"
import { join } from "node:path"
import { tmpdir } from "node:os"
import { fileURLToPath } from "node:url"
import { text } from "node:stream/consumers"
import { onTestFinished } from "vitest"

export const root = fileURLToPath(new URL("../..", import.meta.url))

/** What a run of the command line came to. */
export type Ran = { readonly code: number | null; readonly out: string; readonly err: string }

type Settings = { readonly env?: Record<string, string>; readonly input?: string; readonly cwd?: string }

/** Starts the real command line. It is killed with its test. */
export function start(args: readonly string[], { env = {}, cwd = root }: Settings = {}): ChildProcess {
  const child = spawn(join(root, "bin/daybook"), args, { cwd, env: { ...process.env, ...env } })
  onTestFinished(() => void child.kill("SIGKILL"))
  return child
}

/** Runs the real command line to its end. */
export async function daybook(args: readonly string[], settings: Settings = {}): Promise<Ran> {
  const child = start(args, settings)
  child.stdin!.end(settings.input ?? "")
  const [[code], out, err] = await Promise.all([once(child, "exit"), text(child.stdout!), text(child.stderr!)])
  return { code: code as number | null, out, err }
}

/** A server that listens: where, what it prints besides, and how it ends. */
export async function served(args: readonly string[], settings: Settings = {}) {
  const child = start(["serve", ...args, "--port", "0"], settings)
  const err = text(child.stderr!)
  const exit = once(child, "exit")
  const [line] = (await Promise.race([
    once(child.stdout!, "data"),
    exit.then(async () => Promise.reject(new Error(`It ended before it listened: ${await err}`))),
  ])) as [Buffer]
  const url = /^daybook listening on (http:\/\/\S+)\n$/.exec(String(line))?.[1]
  if (url === undefined) throw new Error(`It printed ${String(line)}`)
  const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
    child.kill(signal)
    const [code] = (await exit) as [number | null]
    return { code, err: await err }
  }
  return { url, child, exit, stop }
}

/** A folder of the test's own. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "daybook-cli-"))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}
