import { spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { BadInput } from "./bad-input.ts"

/** Runs tests by Node's own runner, under the Node that we run under: an older one could not read them. */
export async function test(files: readonly string[]): Promise<void> {
  const missing = files.filter(file => !/[*?{[]/.test(file) && !existsSync(file))
  if (missing.length > 0) throw new BadInput(`There is no file ${missing.join(", ")}`)
  const flags = ["--disable-warning=ExperimentalWarning", "--test"]
  const running = spawn(process.execPath, [...flags, ...files], { stdio: "inherit" })
  const [code] = (await once(running, "exit")) as [number | null]
  if (code !== 0) process.exitCode = 1
}
