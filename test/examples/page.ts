import { execFile, spawn, type ChildProcessWithoutNullStreams } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const run = promisify(execFile)

/** What a page says to type, and the answer that it shows below. */
export type Step = { readonly line: string; readonly answer: object }

/** The page of an example, and its server, which runs for all tests of the file as the page says to start it. */
export function pageBeside(
  folder: URL | string,
  environment: () => NodeJS.ProcessEnv | Promise<NodeJS.ProcessEnv> = () => process.env,
) {
  const page = readFileSync(new URL("README.md", folder), "utf8")
  const found = [...page.matchAll(/```sh\n(curl [\s\S]*?)```\s+```json\n([\s\S]*?)```/g)]
  const steps = found.map(([, line = "", json = ""]): Step => ({ line, answer: JSON.parse(json) as object }))
  let server: ChildProcessWithoutNullStreams
  let address = ""

  beforeAll(async () => {
    const serve = /```sh\n\.\/bin\/daybook (serve .*)\n/.exec(page)?.[1] ?? ""
    const env = await environment()
    server = spawn(join(root, "bin/daybook"), [...serve.split(" "), "--port", "0"], { cwd: root, env })
    const errors = text(server.stderr)
    for await (const chunk of server.stdout) {
      address = /listening on http:\/\/(\S+)/.exec(String(chunk))?.[1] ?? ""
      if (address !== "") return
    }
    throw new Error(`The server did not start: ${await errors}`)
  }, 20_000)

  afterAll(async () => {
    if (server.kill()) await once(server, "exit")
  })

  /** Types what a step says, each time it is called; a command is asked for once. */
  function typing({ line }: Step): () => Promise<unknown> {
    const ask = async (): Promise<unknown> => {
      const { stdout } = await run("sh", ["-c", line.replaceAll("localhost:4000", address)])
      return JSON.parse(stdout)
    }
    let first: Promise<unknown> | null = null
    return () => (line.includes("-d ") ? (first ??= ask()) : ask())
  }

  return { steps, typing }
}
