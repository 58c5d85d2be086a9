import { fork } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, describe, expect, test } from "vitest"
import { systemClock } from "../../src/adapters/node/clock.ts"
import { systemIds } from "../../src/adapters/node/ids.ts"
import { openDaybook } from "../../src/app/open.ts"
import { LeaseMutex, rowMutex } from "../../src/commands/mutexes.ts"
import type { Daybook } from "../../src/daybook.ts"
import { testStoreVariable } from "../../src/testing/test-store.ts"
import { whenTestEnds } from "../ending.ts"
import { parentsApp } from "./parents.ts"

const url = process.env[testStoreVariable] ?? ""
const asker = { actor: "system" }
const inside = { now: 0, most: 0 }
const app = parentsApp(async () => {
  inside.most = Math.max(inside.most, ++inside.now)
  await Promise.resolve()
  inside.now--
})
const kinds = [
  ["the store's row", "row"],
  ["leases", "lease"],
] as const

const open = async (schema: string, mutexName: string) => {
  const { postgresStore } = await import("../../src/adapters/postgres/index.ts")
  const [clock, ids] = [systemClock(), systemIds()]
  const store = await postgresStore({ url, schema, poolMax: 4, clock, ids })
  const mutex = mutexName === "lease" ? new LeaseMutex({ leases: store.leases, clock, holder: ids.next() }) : rowMutex
  return openDaybook(app, { store, clock, ids, mutex })
}
const begun = async (first: Daybook, second: Daybook) => {
  await second.request({ id: "p", type: "Parent", target: null, data: {} }, asker)
  const countWaiting = async () => (await first.commands({ type: "Part", state: "waiting", limit: 100 })).length
  await expect.poll(countWaiting, { timeout: 10_000 }).toBe(50)
  return second.children("p")
}

// Two on one database, with a clock, leases and a bell as they are when it is meant.
describe.each(kinds)("two that work on one database, each with four connections, and take turns by %s", (_, kind) => {
  const running: Daybook[] = []
  const schema = `shared_${kind}_${process.pid}`
  afterAll(async () => {
    for (const one of running) await one.close()
  })

  test("tell a parent of fifty children that end at once one by one, none twice, none lost [W53]", async () => {
    inside.most = 0
    running.push(await open(schema, kind), await open(schema, kind))
    const [first, second] = [running[0]!, running[1]!]
    const children = await begun(first, second)
    const tell = (id: string, n: number) => {
      const told = { type: "Go", data: {}, to: id }
      return [first, second][n % 2]!.request({ id: `go-${n}`, type: "ReceiveEvent", target: null, data: told }, asker)
    }
    await Promise.all(children.map(tell))
    const { state, result } = await second.ended("p", { waitMs: 10_000 })
    expect(state).toBe("succeeded")
    expect(result).toHaveLength(50)
    expect(new Set(result as string[])).toEqual(new Set(children))
    expect(inside.most).toBe(1)
  })

  test("abort and let go on what the other one brings to its end: one of them is first, and nothing is left [W48 W49]", async () => {
    const [first, second] = [running[0]!, running[1]!]
    for (let n = 0; n < 10; n++) {
      await first.request({ id: `c${n}`, type: "Part", target: null, data: {} }, asker)
      const told = { type: "Go", data: {}, to: `c${n}` }
      await Promise.all([
        second.abort(`c${n}`, "system"),
        first.request({ id: `end-${n}`, type: "ReceiveEvent", target: null, data: told }, asker),
      ])
      const { state } = await second.ended(`c${n}`, { waitMs: 10_000 })
      expect(["succeeded", "aborted"]).toContain(state)
      expect(await first.life(`c${n}`)).toMatchObject({ state })
    }
    const findings = []
    for await (const finding of second.verify()) findings.push(finding)
    expect(findings).toEqual([])
  })
})

describe.each(kinds)("two processes of the machine that take turns by %s", (_, kind) => {
  test("and have four workers each tell a parent of fifty children that end at once one by one, none twice, none lost [W51 W53]", async () => {
    const folder = mkdtempSync(join(tmpdir(), "daybook-shared-"))
    whenTestEnds(() => rmSync(folder, { recursive: true }))
    const [log, schema] = [join(folder, "inside.log"), `forked_${kind}_${process.pid}`]
    const looker = await open(schema, kind)
    const children = [...(await begun(looker, looker))]
    // From now on it only looks: what goes on goes on in the two.
    await looker.close()
    const program = join(import.meta.dirname, "parents-process.ts")
    const both = [0, 1].map(() => fork(program, [url, schema, log, kind], { execArgv: [] }))
    whenTestEnds(async () => {
      for (const one of both) one.kill("SIGKILL")
    })
    await Promise.all(both.map(async one => once(one, "message")))
    const told = both.map(async (one, n) => {
      one.send(children.filter((_child, at) => at % 2 === n))
      return once(one, "message")
    })
    await Promise.all(told)
    for (const one of both) one.disconnect()
    await Promise.all(both.map(async one => once(one, "exit")))
    const after = await open(schema, kind)
    whenTestEnds(async () => after.close())
    const { state, result } = await after.ended("p", { waitMs: 10_000 })
    expect(state).toBe("succeeded")
    expect(result).toHaveLength(50)
    expect(new Set(result as string[])).toEqual(new Set(children))
    const lines = readFileSync(log, "utf8").trim().split("\n")
    expect(new Set(lines.map(line => line.split(" ")[1]))).toEqual(new Set(children))
    expect(mostInside(lines)).toBe(1)
  })
})

/** How many were inside at the same time, in whichever process. */
function mostInside(lines: readonly string[]): number {
  let [now, most] = [0, 0]
  for (const line of lines) {
    now += line.startsWith("in ") ? 1 : -1
    most = Math.max(most, now)
  }
  return most
}
