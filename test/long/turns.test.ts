import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { afterAll, describe, expect, onTestFinished, test } from "vitest"
import { limits } from "../../src/kernel/limits.ts"
import { startPostgres } from "../../src/testing/postgres-server.ts"
import { newFolder, run, serveOn, type Served } from "./served.ts"
import { endOf, insist, told, turnsApp } from "./turns.ts"

const started = await startPostgres({ fsync: true })
const server = "skipped" in started ? null : started
if ("skipped" in started) console.warn(`Skipped: ${started.skipped}`)
afterAll(async () => server?.remove())

async function town(schema: string) {
  const address = `${server!.url()}?schema=${schema}`
  const log = join(newFolder(), "turns.log")
  const up: Served[] = []
  const start = async () => {
    const one = await serveOn(turnsApp, ["--store", address, "--data", newFolder()], { DAYBOOK_TURNS_LOG: log })
    up.push(one)
    onTestFinished(() => void one.process.kill("SIGKILL"))
    return one
  }
  const kill = async (one: Served) => {
    up.splice(up.indexOf(one), 1)
    await one.kill("SIGKILL")
  }
  await Promise.all([start(), start()])
  const begin = async (id: string) => insist(() => up, "/commands", { id, type: "Listener", data: {} })
  const tell = async (to: string, word: string, more: object = {}) =>
    insist(() => up.toSorted(() => (word.length % 2 === 0 ? 1 : -1)), "/events", {
      id: `${to}-${word}`,
      type: "Told",
      data: { word, ...more },
      to,
    })
  // Who has begun with something, or is through with it, in order.
  const pids = (what: string, word: string) =>
    (existsSync(log) ? readFileSync(log, "utf8") : "").split("\n").flatMap(line => {
      const [begun, pid, said] = line.split(" ")
      return begun === what && said === word ? [Number(pid)] : []
    })
  const until = async <Value>(ms: number, look: () => Value | undefined): Promise<Value> => {
    for (const end = Date.now() + ms; Date.now() < end; await pause(20)) {
      const found = look()
      if (found !== undefined) return found
    }
    throw new Error("That did not come about in time")
  }
  return { address, up, start, kill, begin, tell, pids, until }
}

describe.skipIf(server === null)(
  "two processes of the operating system that serve the same instances on PostgreSQL",
  () => {
    test("and are killed in turn tell each instance of each event once [W51 W53 W54]", async () => {
      const { address, up, start, kill, begin, tell } = await town("turns_killed")
      const ids = Array.from({ length: 8 }, (_, n) => `p${n}`)
      await Promise.all(ids.map(begin))
      for (let round = 0; round < 5; round++) {
        const telling = ids.flatMap(id => Array.from({ length: 25 }, (_, n) => tell(id, `w${round}-${n}`)))
        await pause(150 + ((round * 97) % 300))
        await kill(up[round % 2]!)
        await Promise.all([...telling, start()])
      }
      await Promise.all(ids.map(id => tell(id, "last", { last: true })))
      for (const id of ids) {
        const got = await endOf(up[0]!, id)
        expect(got).toHaveLength(126)
        expect(new Set(got).size).toBe(126)
        expect(got.at(-1)).toBe("last")
      }
      for (const one of up) await one.kill("SIGTERM")
      const verified = run("verify", "--app", turnsApp, "--store", address)
      expect([verified.code, verified.out]).toEqual([0, expect.stringContaining("clean")])
    })

    test("of which one is stopped in a step for longer than its lease, and continued: its commit is refused [W52 W53 W54]", async () => {
      const { address, up, begin, tell, pids, until } = await town("turns_stopped")
      await begin("p")
      for (let round = 0; round < 2; round++) {
        const slow = `slow${round}`
        await tell("p", slow, { ms: 1_500 })
        const sleeper = await until(10_000, () => pids("begin", slow)[0])
        process.kill(sleeper, "SIGSTOP")
        const awake = up.find(({ process: { pid } }) => pid !== sleeper)!
        await insist(() => [awake], "/events", {
          id: `p-a${round}`,
          type: "Told",
          data: { word: `a${round}` },
          to: "p",
        })
        // Another one takes the step, no later than the lease and what it takes to notice.
        const from = Date.now()
        const other = await until(60_000, () => pids("begin", slow).find(pid => pid !== sleeper))
        expect(Date.now() - from).toBeLessThan(limits.leaseMs + 3 * limits.leaseBeatMs + 2_000)
        expect(other).toBe(awake.process.pid)
        await until(10_000, () => pids("end", `a${round}`)[0])
        let before = await told(awake, "p")
        for (let n = 0; n < 200 && !before.data.got.includes(`a${round}`); n++) {
          await pause(50)
          before = await told(awake, "p")
        }
        expect(before.data.got.filter(word => word === slow)).toEqual([slow])
        process.kill(sleeper, "SIGCONT")
        await until(20_000, () => pids("end", slow).find(pid => pid === sleeper))
        await pause(1_500)
        expect((await told(awake, "p")).data).toEqual(before.data)
        await tell("p", `b${round}`)
      }
      await tell("p", "last", { last: true })
      const got = await endOf(up[0]!, "p")
      expect(got).toEqual(["slow0", "a0", "b0", "slow1", "a1", "b1", "last"])
      expect(await endOf(up[1]!, "p")).toEqual(got)
      for (const one of up) await one.kill("SIGTERM")
      const verified = run("verify", "--app", turnsApp, "--store", address)
      expect([verified.code, verified.out]).toEqual([0, expect.stringContaining("clean")])
    })
  },
)
