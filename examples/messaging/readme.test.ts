import { execFile, spawn, type ChildProcessWithoutNullStreams } from "node:child_process"
import { once } from "node:events"
import { readFileSync } from "node:fs"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"
import { afterAll, beforeAll, expect, test } from "vitest"

const root = fileURLToPath(new URL("../..", import.meta.url))
const page = readFileSync(new URL("README.md", import.meta.url), "utf8")
const run = promisify(execFile)

// What the page says to type, and the answer that it shows below.
const steps = [...page.matchAll(/```sh\n(curl [\s\S]*?)```\s+```json\n([\s\S]*?)```/g)].map(
  ([, line = "", json = ""]) => {
    const answer: object = JSON.parse(json)
    return { line, answer }
  },
)

let outbox: string
let server: ChildProcessWithoutNullStreams
let address: string

beforeAll(async () => {
  const serve = /```sh\n\.\/bin\/daybook (serve .*)\n/.exec(page)?.[1] ?? ""
  outbox = await mkdtemp(join(tmpdir(), "outbox-"))
  // Nothing but what the page names: whatever services this machine knows are not meant.
  const env = { PATH: process.env["PATH"], OUTBOX: outbox }
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
  await rm(outbox, { recursive: true })
})

test("the page says what to type, and what comes of it [L14]", () => {
  expect(steps).toHaveLength(6)
})

test.each(steps)("step %$ of the page is answered as the page says [L14 L15 L16 L19]", async ({ line, answer }) => {
  const ask = async (): Promise<unknown> => {
    const { stdout } = await run("sh", ["-c", line.replaceAll("localhost:4000", address)])
    return JSON.parse(stdout)
  }
  // What is read follows what is written a moment later; a command is asked for once.
  const first = ask()
  await expect.poll(() => (line.includes("-d ") ? first : ask()), { timeout: 5_000 }).toMatchObject(answer)
})
