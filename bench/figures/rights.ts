import {
  daybook,
  defineSchema,
  openDaybook,
  sqliteStore,
  systemClock,
  systemIds,
  type App,
  type Daybook,
} from "daybook"
import { median, type Bench } from "../harness.ts"

const opsPerTransaction = 500
const entityTypes = 200
const chainLength = 100_000

/** Places that lie behind one another: whoever holds one sees all that come after it. */
const graphs = daybook({
  schema: defineSchema({
    daybook: 1,
    name: "graphs",
    version: 1,
    groups: { holder: {} },
    entities: {
      Person: { attributes: {}, permissions: { read: "holder" } },
      Place: {
        attributes: {
          holders: { type: "ref", many: true, to: ["Person"] },
          next: { type: "ref", many: true, to: ["Place"], propagate: [{ direction: "forward", when: true }] },
        },
        assign: [{ group: "holder", when: { reaches: ["$self", ["holders"], "$security"] } }],
        permissions: { read: "holder" },
      },
    },
  }),
})

type Edge = readonly [from: string, to: string]

const count = (n: number) => Array.from({ length: n }, (_, i) => i)
const complete = count(9).flatMap(a => count(9).flatMap((b): Edge[] => (a === b ? [] : [[`c${a}`, `c${b}`]])))
// Two rails with rungs across: how many ways there are doubles with each step.
const ladder = count(29).flatMap((i): Edge[] => [
  [`a${i}`, `a${i + 1}`],
  [`a${i}`, `b${i + 1}`],
  [`b${i}`, `a${i + 1}`],
  [`b${i}`, `b${i + 1}`],
])
const chain = count(chainLength - 1).map((i): Edge => [`p${i}`, `p${i + 1}`])

/** What rights cost that come many ways, or a long way; and what a large schema costs. */
export const rights: Bench = {
  name: "rights",
  says: "rights along graphs that are hard, and a schema of 200 entity types",
  async run(say) {
    const loading = await median(async () => (await opened(largeApp())).close())
    say({ figure: `a schema of ${entityTypes} entity types loads`, value: loading.ms, unit: "ms", atMost: 300 })
    for (const [figure, edges, from, to, atMost] of [
      ["rights through a complete graph of 9", complete, "c0", "c8", 50],
      ["rights through a ladder of 30", ladder, "a0", "b29", 50],
      [`rights along a chain of ${chainLength}`, chain, "p0", `p${chainLength - 1}`, 2_000],
    ] as const) {
      const ms = await through(edges, from, to)
      say({ figure, value: ms, unit: "ms", atMost })
    }
  },
}

/** How long it takes, the first time, to find out that whoever holds one end of a graph sees the other. */
async function through(edges: readonly Edge[], from: string, to: string): Promise<number> {
  const open = await opened(graphs)
  const next = new Map<string, string[]>(edges.flat().map(id => [id, []]))
  for (const [a, b] of edges) next.get(a)!.push(b)
  await transact(open, [{ entity: "Person", id: "ann", set: {} }])
  await transact(
    open,
    [...next.keys()].map(id => ({ entity: "Place", id, set: {} })),
  )
  await transact(
    open,
    [...next].map(([id, add]) => ({ entity: "Place", id, add: { next: add } })),
  )
  await transact(open, [{ entity: "Place", id: from, add: { holders: ["ann"] } }])
  const before = performance.now()
  const [answer] = await open.check([{ subject: "ann", entity: to, permission: "read" }], { principal: "system" })
  const ms = performance.now() - before
  await open.close()
  if (answer?.allowed !== true) throw new Error(`ann does not see ${to}`)
  return ms
}

function largeApp() {
  const entities = count(entityTypes).map(i => {
    const attributes = {
      name: { type: "string", index: true },
      size: { type: "integer" },
      parent: { type: "ref", to: [`Thing${(i * 7) % entityTypes}`], propagate: [{ direction: "reverse", when: true }] },
      holders: { type: "ref", many: true, to: [`Thing${i}`] },
    } as const
    const assign = [{ group: "holder", when: { reaches: ["$self", ["holders"], "$security"] } }]
    return [`Thing${i}`, { attributes, assign, permissions: { read: "holder" } }] as const
  })
  const groups = { holder: {} }
  return daybook({
    schema: defineSchema({ daybook: 1, name: "large", version: 1, groups, entities: Object.fromEntries(entities) }),
  })
}

function opened(app: App): Promise<Daybook> {
  return openDaybook(app, { store: sqliteStore({ path: ":memory:" }), clock: systemClock(), ids: systemIds() })
}

let asked = 0

async function transact(open: Daybook, ops: readonly unknown[]): Promise<void> {
  for (let from = 0; from < ops.length; from += opsPerTransaction) {
    // What is made here is JSON.
    const data = { ops: ops.slice(from, from + opsPerTransaction) } as Parameters<Daybook["request"]>[0]["data"]
    await open.request({ id: `rights-${asked++}`, type: "Transact", target: null, data }, { actor: "system" })
  }
}
