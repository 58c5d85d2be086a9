import { afterAll, describe, expect, test } from "vitest"
import { systemClock } from "../../src/adapters/node/clock.ts"
import { systemIds } from "../../src/adapters/node/ids.ts"
import { daybook } from "../../src/app/define.ts"
import { openDaybook } from "../../src/app/open.ts"
import { LeaseMutex, rowMutex } from "../../src/commands/mutexes.ts"
import type { Daybook } from "../../src/daybook.ts"
import { done, step } from "../../src/kernel/workflow.ts"
import { testStoreVariable } from "../../src/testing/test-store.ts"
import { child, heard, workflow } from "./machine.ts"

const url = process.env[testStoreVariable] ?? ""
const data = { type: "object" }
const asker = { actor: "system" }
const inside = { now: 0, most: 0 }

const part = workflow({ type: "Part", start: () => step({}).wait("go"), on: { go: heard("Go", () => done()) } })
const parent = workflow({
  type: "Parent",
  start: () =>
    step({ got: [] as string[] }).spawn(
      "parts",
      Array.from({ length: 50 }, () => ({ type: "Part", target: null, data: {} })),
    ),
  on: {
    parts: child(async ({ data: known, outcome, pending }) => {
      inside.most = Math.max(inside.most, ++inside.now)
      await Promise.resolve()
      inside.now--
      const got = [...(known["got"] as string[]), outcome!.id]
      return pending === 0 ? done(got) : step({ got })
    }),
  },
})
const app = daybook({
  schema: {
    daybook: 1,
    name: "shared",
    version: 1,
    entities: { Thing: { attributes: { name: { type: "string" } } } },
    commands: { Parent: { target: null, data }, Part: { target: null, data } },
    events: { Go: { stream: "Outside", requires: "edit", data } },
  },
  workflows: [parent, part],
})

// Two on one database, with a clock, leases and a bell as they are when it is meant.
describe.each([
  ["the store's row", false],
  ["leases", true],
])("two that work on one database, each with four connections, and take turns by %s", (_, isLeased) => {
  const running: Daybook[] = []
  const schema = `shared_${isLeased}_${process.pid}`
  const open = async () => {
    const { postgresStore } = await import("../../src/adapters/postgres/index.ts")
    const [clock, ids] = [systemClock(), systemIds()]
    const store = await postgresStore({ url, schema, poolMax: 4, clock, ids })
    const mutex = isLeased ? new LeaseMutex({ leases: store.leases, clock, holder: ids.next() }) : rowMutex
    const one = await openDaybook(app, { store, clock, ids, mutex })
    running.push(one)
    return one
  }
  afterAll(async () => {
    for (const one of running) await one.close()
  })

  test("tell a parent of fifty children that end at once one by one, none twice, none lost [W53]", async () => {
    inside.most = 0
    const [first, second] = [await open(), await open()]
    await second.request({ id: "p", type: "Parent", target: null, data: {} }, asker)
    const countWaiting = async () => (await first.commands({ type: "Part", state: "waiting", limit: 100 })).length
    await expect.poll(countWaiting, { timeout: 10_000 }).toBe(50)
    const children = await second.children("p")
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
