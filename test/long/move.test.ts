import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { afterAll, expect, test } from "vitest"
import { benchApp as app } from "../../bench/app.ts"
import { fill, opened } from "../../bench/opened.ts"
import { startPostgres } from "../../src/testing/postgres-server.ts"
import { bin, newFolder, run } from "./served.ts"

const started = await startPostgres({ fsync: true })
const server = "skipped" in started ? null : started
if ("skipped" in started) console.warn(`Skipped: ${started.skipped}`)
afterAll(async () => server?.remove())

/** Kills a move again and again, each time a bit later, until it comes to its end by itself. */
async function killedOften(words: readonly string[]): Promise<number> {
  for (let kills = 0; ; kills++) {
    const child = spawn(bin, words, { stdio: "inherit" })
    const exit = once(child, "exit") as Promise<[number | null]>
    const after = await Promise.race([exit, pause(600 + kills * 250)])
    if (after !== undefined) {
      if (after[0] !== 0) throw new Error(`The move ended with ${after[0]}`)
      return kills
    }
    child.kill("SIGKILL")
    await exit
  }
}

test.skipIf(server === null)(
  "a move to the database and back that is killed again and again is whole in the end [N9]",
  async () => {
    const [first, last] = [newFolder(), join(newFolder(), "data")]
    const daybook = await opened(app, first)
    await fill(daybook, "Indexed", 20_000)
    await daybook.close()

    const there = server!.url()
    expect(await killedOften(["move", "--from", first, "--to", there])).toBeGreaterThan(2)
    expect(await killedOften(["move", "--from", there, "--to", last, "--finish"])).toBeGreaterThan(2)
    const places = [
      ["--data", first],
      ["--store", there],
      ["--data", last],
    ]
    const logs = places.map(place => run("export", ...place).out)
    expect(logs[0]!.split("\n")).toHaveLength(20_001)
    expect(logs.map(log => log === logs[0])).toEqual([true, true, true])
    for (const place of places) expect(run("verify", "--app", "bench/serve-app.ts", ...place).out).toContain("clean")
  },
)
