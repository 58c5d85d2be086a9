import pg from "pg"
import { beforeAll, describe, expect, test, vi } from "vitest"
import { systemClock } from "../../../src/adapters/node/clock.ts"
import { systemIds } from "../../../src/adapters/node/ids.ts"
import { postgresStore } from "../../../src/adapters/postgres/index.ts"
import type { CommandState } from "../../../src/kernel/message.ts"
import type { Store } from "../../../src/ports/store.ts"
import { aDelivery, aPage, aParked, aRefusal, aTransaction, anInstance, writer } from "../../../src/testing/writes.ts"
import { aServer, anIntruder } from "./place.ts"

const server = await aServer()
const count = 3_000

describe.skipIf(server === null)("on tables with thousands of rows", { timeout: 60_000 }, () => {
  let store: Store
  const write = writer()
  const place = () => ({ url: server!.url(), schema: "plans", clock: systemClock(), ids: systemIds(), poolMax: 2 })

  beforeAll(async () => {
    if (server === null) return
    const filling = await postgresStore(place())
    await filling.projections.begin("p", 1)
    for (let from = 0; from < count; from += 500) {
      const things = Array.from({ length: 500 }, (_, i) => from + i)
      await filling.commit(things.map(i => write.put(`a${i}`, { name: `n${i}`, tag: [i % 7], to: `a${i % 100}` })))
    }
    const resting = (id: string, state: CommandState) => aTransaction({ instance: anInstance({ id, state }) })
    const rests = Array.from({ length: count }, (_, i) => resting(`rests ${i}`, i % 9 ? "waiting" : "stuck"))
    await filling.commit(rests.slice(0, count / 2))
    await filling.commit([aTransaction({ id: "first move", archive: { ids: ids(20, 20) } })])
    await filling.commit([...rests.slice(count / 2), resting("in hand", "running")])
    const rows = Array.from({ length: count }, (_, i) => [`k${i}`, { i }] as const)
    const parked = Array.from({ length: count }, (_, i) =>
      aParked({ t: i, consumer: `c${i % 100}`, state: "dead", due: null }),
    )
    const timers = Array.from({ length: count }, (_, i) => ({ id: `timer ${i}`, due: i % 1_000, payload: { i } }))
    await filling.commit([
      aTransaction({ timers }),
      aPage({ name: "p", rows }),
      aDelivery({ parked, reached: 1 }),
      ...parked.map(() => aRefusal()),
    ])
    await filling.close()
    store = await postgresStore(place())
    return async () => store.close()
  })

  /** The statements that some work sends, run once more, with the plan of each and of all within functions. */
  async function plansOf(work: () => Promise<unknown>): Promise<Node[]> {
    const spy = vi.spyOn(pg.Client.prototype, "query")
    await work()
    const sent = spy.mock.calls.map(([config]) => config as unknown).filter(isStatement)
    spy.mockRestore()
    const client = await anIntruder(place())
    const plans: Node[] = []
    client.on("notice", ({ message }) => {
      const json = /plan:\n([\s\S]*)/.exec(message ?? "")?.[1]
      if (json !== undefined) plans.push((JSON.parse(json) as { Plan: Node }).Plan)
    })
    await client.query(explaining)
    for (const { text, values } of sent) {
      await client.query("BEGIN")
      await client.query({ text, values })
      await client.query("ROLLBACK")
    }
    return plans
  }

  /** Moves commands within a transaction that comes to nothing. */
  async function moving(archived: readonly string[], restored: readonly string[]): Promise<void> {
    const client = await anIntruder(place())
    await client.query("BEGIN")
    await client.query({ text: "SELECT move_commands_1($1, $2, 0)", values: [archived, restored] })
    await client.query("ROLLBACK")
  }

  test.each<readonly [string, number, (s: Store) => Promise<unknown>]>([
    ["a commit of one", 60, async s => s.commit([write.put("a7", { name: "n7", tag: [9] })])],
    [
      "a commit of a hundred",
      4_000,
      async s => s.commit(Array.from({ length: 100 }, (_, i) => write.put(`a${i}`, { name: `m${i}` }))),
    ],
    ["a commit of one that is new", 60, async s => s.commit([write.put("new", { name: "new", tag: [1], to: "a1" })])],
    ["the heads of two", 12, async s => s.entities.heads(["a1", "a2"])],
    ["an entity at a t", 12, async s => s.entities.at("a1", 5)],
    ["the holders of a value", 12, async s => s.entities.holders("Thing/name", "n2999")],
    ["the holders of a value that was", 12, async s => s.entities.holdersAt("Thing/name", "n2999", 2_999)],
    [
      "the holders of many values",
      12,
      async s =>
        s.entities.holdersOf([
          ["Thing/name", "n2999"],
          ["Thing/name", "n1"],
        ]),
    ],
    ["the ids of a type", 60, async s => s.entities.ids("Thing", count, { limit: 10 })],
    ["a command", 6, async s => s.commands.find(["command-5"])],
    ["commands of an owner", 60, async s => s.commands.list({ owner: "system", limit: 10 })],
    [
      "commands of a type that are not done",
      60,
      async s => s.commands.list({ type: "Put", state: "failed", limit: 10 }),
    ],
    ["what is unfinished", 6, async s => Promise.resolve(s.commands.unfinished())],
    [
      "what may be archived of two thousand",
      20_000,
      async s => s.commands.archivable({ before: Date.now() + 1_000, after: 0, limit: 10 }),
    ],
    ["archived commands of an owner", 60, async s => s.commands.list({ owner: "system", archived: true, limit: 10 })],
    [
      "commands of an owner, archived or not",
      90,
      async s => s.commands.list({ owner: "system", archived: "both", after: "command-500", limit: 10 }),
    ],
    ["the archiving of ten", 400, async () => moving(ids(50, 10), [])],
    ["the restoring of ten", 400, async () => moving([], ids(20, 10))],
    ["a page of the log", 200, async s => s.log.read(1_000, 20)],
    ["a transaction", 20, async s => s.log.transaction(1_000)],
    ["a stream", 40, async s => s.log.stream("a7", 1, 10)],
    ["the t of an instant", 60, async s => s.log.tAt(Date.now())],
    ["streams", 40, async s => s.log.streams({ limit: 10, after: "a5" })],
    ["the newest t", 4, async s => Promise.resolve(s.basis())],
    ["the deliveries of a consumer", 80, async s => s.deliveries.parked("c5")],
    [
      "a page of dead letters",
      40,
      async s => s.deliveries.dead({ limit: 10, after: { consumer: "c1", t: 1_500, n: 0 } }),
    ],
    ["rows of a read model", 12, async s => s.projections.rows("p", 1, ["k5", "k6"])],
    ["a page of a read model", 40, async s => s.projections.list("p", 1, { limit: 10, after: "k5" })],
    ["a refusal", 8, async s => s.commands.refusal("nobody")],
    ["timers that are due", 20, async s => s.timers.due(700, 10)],
    ["timers that are due, further on", 20, async s => s.timers.due(700, 10, { due: 500, id: "timer 500" })],
    ["the next timer", 4, async s => s.timers.next()],
    ["the next timer after an instant", 4, async s => s.timers.next(500)],
  ])("%s goes by its indexes, and touches few rows", async (_, most, work) => {
    const nodes = (await plansOf(async () => work(store))).flatMap(nodesOf)
    expect(nodes.length).toBeGreaterThan(0)
    const walked = nodes.filter(
      node => node["Node Type"] === "Seq Scan" && !small.includes(node["Relation Name"] ?? ""),
    )
    expect(walked).toEqual([])
    const touched = nodes.filter(node => node["Node Type"].includes("Index") || node["Node Type"].includes("Heap"))
    const rows = touched.reduce((sum, node) => {
      return sum + (node["Actual Rows"] + (node["Rows Removed by Filter"] ?? 0)) * node["Actual Loops"]
    }, 0)
    expect(rows).toBeLessThanOrEqual(most)
  })
})

function ids(from: number, many: number): string[] {
  return Array.from({ length: many }, (_, i) => `command-${from + i}`)
}

/** A step of a plan, with what it came to. */
type Node = {
  readonly "Node Type": string
  readonly "Relation Name"?: string
  readonly "Actual Rows": number
  readonly "Actual Loops": number
  readonly "Rows Removed by Filter"?: number
  readonly Plans?: readonly Node[]
}

// These have a handful of rows, whatever happens.
const small = ["daybook", "names", "schemas", "projections", "checkpoints", "leases", "alone"]

const explaining = `LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0; SET auto_explain.log_nested_statements = on;
  SET auto_explain.log_analyze = on; SET auto_explain.log_format = json; SET client_min_messages = log;
  SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET jit = off;
  SET plan_cache_mode = force_generic_plan`

function nodesOf(node: Node): Node[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

function isStatement(config: unknown): config is { text: string; values: unknown[] } {
  return typeof config === "object" && config !== null && "text" in config && "values" in config
}
