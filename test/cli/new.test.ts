import { execFile } from "node:child_process"
import { mkdirSync, readFileSync, symlinkSync } from "node:fs"
import { join, resolve } from "node:path"
import { promisify } from "node:util"
import { expect, test, vi } from "vitest"
import { daybook, folder, root, served } from "./binary.ts"

test("a new app passes its tests, is served, and can be read again [N57]", async () => {
  const dir = join(folder(), "shed")
  const made = await daybook(["new", dir])
  expect(made).toMatchObject({ code: 0, err: "" })
  const { name, scripts, dependencies } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as {
    name: string
    scripts: unknown
    dependencies: { daybook: string }
  }
  expect({ name, scripts }).toEqual({
    name: "shed",
    scripts: { start: "daybook serve app.ts --dev", test: "daybook test" },
  })
  expect(resolve(dir, dependencies.daybook.replace("file:", ""))).toBe(resolve(root))
  // What `npm install` makes of such a dependency.
  mkdirSync(join(dir, "node_modules"))
  symlinkSync(root, join(dir, "node_modules", "daybook"))

  const [tests, server] = await Promise.all([
    daybook(["test"], { cwd: dir }),
    served(["app.ts", "--dev"], { cwd: dir }),
  ])
  expect(tests.out).toMatch(/pass 8\n.*fail 0\n/s)
  expect(tests.code).toBe(0)
  const drill = await fetch(`${server.url}/streams/Tool/drill`).then(answer => answer.json())
  expect(drill).toMatchObject({ version: 3 })
  const lines = typedOn(join(dir, "README.md"), server.url)
  expect(lines).toHaveLength(shown.length)
  // What follows from a command takes its time.
  for (const [i, answer] of shown.entries()) {
    await vi.waitFor(async () => expect(await lines[i]!()).toMatchObject(answer), { timeout: 4_000 })
  }
  expect(await server.stop()).toEqual({ code: 0, err: "" })

  const rebuilt = await daybook(["rebuild", "--app", "app.ts", "--json"], { cwd: dir })
  expect(JSON.parse(rebuilt.out)).toMatchObject({ name: "who-has-what", version: 1 })
  const verified = await daybook(["verify", "--app", "app.ts"], { cwd: dir })
  expect(verified.out).toMatch(/^clean: 10 transactions/)
})

// What the page of a new app shows, line by line.
const shown = [
  { state: "succeeded", events: [{ stream: { version: 4 } }] },
  { version: 5 },
  { result: [["ladder"]] },
  { items: [{ key: "ann" }, { key: "joe", row: { tools: ["drill"] } }] },
  { items: [{ type: "ChaseTool", state: "waiting", owner: "joe" }] },
  { code: "forbidden" },
  { allowed: false, missing: ["To create a Tool takes keepers; there is neighbours"] },
]

/** What a page says to type, line by line, each to be typed at this address. */
function typedOn(page: string, url: string): readonly (() => Promise<unknown>)[] {
  const lines = readFileSync(page, "utf8").matchAll(/^ {4}(curl (?:.*\\\n)*.*)$/gm)
  return [...lines].map(([, line = ""]) => async () => {
    const said = line.replace("localhost:4000", url.slice("http://".length)).replace(/^curl/, "curl -s")
    const { stdout } = await promisify(execFile)("sh", ["-c", said])
    return JSON.parse(stdout) as unknown
  })
}
