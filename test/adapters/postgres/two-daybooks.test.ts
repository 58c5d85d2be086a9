import { describe, expect, test } from "vitest"
import { daybook } from "../../../src/app/define.ts"
import { openDaybook } from "../../../src/app/open.ts"
import type { Daybook } from "../../../src/daybook.ts"
import type { Json } from "../../../src/kernel/json.ts"
import type { Write } from "../../../src/ports/write.ts"
import type { LiveUpdate } from "../../../src/queries/live/live.ts"
import { whenTestEnds } from "../../ending.ts"
import { aPlace, aServer, aStore, findings } from "./place.ts"

const server = await aServer()

const app = daybook({
  schema: {
    daybook: 1,
    name: "things",
    version: 1,
    groups: { reader: {} },
    entities: {
      Thing: {
        attributes: {
          name: { type: "string" },
          to: { type: "ref", many: true, to: ["Thing"] },
          readers: { type: "ref", many: true, to: ["Thing"] },
        },
        assign: [{ group: "reader", when: { reaches: ["$self", ["readers"], "$security"] } }],
        permissions: { read: "reader" },
      },
    },
  },
})

type Process = {
  readonly daybook: Daybook
  /** What happens once, just before its next commit of a retraction, or of a ref. */
  before: (() => Promise<unknown>) | null
}

async function town(): Promise<{ a: Process; b: Process; verify: () => Promise<readonly unknown[]> }> {
  const place = aPlace(server!)
  const start = async (): Promise<Process> => {
    const store = await aStore(place)
    const commit = async (writes: readonly Write[]) => {
      const { before } = process
      process.before = null
      await before?.()
      return store.commit(writes)
    }
    const opened = await openDaybook(app, { store: { ...store, commit }, clock: place.clock, ids: place.ids })
    const process: Process = { daybook: opened, before: null }
    whenTestEnds(() => opened.close())
    return process
  }
  const looker = await aStore(place)
  return { a: await start(), b: await start(), verify: async () => findings(looker) }
}

let asked = 0
const transact = async ({ daybook: running }: Process, ...ops: Json[]) =>
  running.request({ id: `c-${(asked += 1)}`, type: "Transact", target: null, data: { ops } }, { actor: "system" })
const thing = (id: string, to: readonly string[] = []) => ({ entity: "Thing", id, set: { name: id }, add: { to } })

async function things({ daybook: running }: Process): Promise<Json> {
  const find = [["?n", "..."]]
  const pointing = await running.query(
    {
      find,
      where: [
        ["?e", "Thing/to"],
        ["?e", "Thing/name", "?n"],
      ] as Json,
    },
    asSystem,
  )
  const all = await running.query({ find, where: [["?e", "Thing/name", "?n"]] }, asSystem)
  return { all: (all.result as string[]).toSorted(), pointing: (pointing.result as string[]).toSorted() }
}
const asSystem = { principal: "system" }

describe.skipIf(server === null)("two processes on one database", () => {
  test("a retraction takes with it the refs that another process has committed since it was decided [L77]", async () => {
    const { a, b, verify } = await town()
    await transact(a, thing("x"), thing("y"), thing("z", ["x"]))
    a.before = async () => transact(b, thing("late", ["x", "y"]))
    expect(await transact(a, { retract: "x" })).toMatchObject({ state: "succeeded" })
    expect(await things(b)).toEqual({ all: ["late", "y", "z"], pointing: ["late"] })
    const late = await b.daybook.query({ pull: ["to"], of: "late" }, asSystem)
    expect(late.result).toEqual({ to: ["y"] })
    expect(await verify()).toEqual([])
  })

  test("who comes to point at what another process retracts meanwhile is told that it is not there [L77]", async () => {
    const { a, b, verify } = await town()
    await transact(a, thing("x"), thing("y"))
    await transact(b, thing("w", ["x"]))
    b.before = async () => transact(a, { retract: "x" })
    await expect(transact(b, thing("late", ["x"]))).rejects.toMatchObject({ code: "invalid" })
    expect(await things(a)).toEqual({ all: ["w", "y"], pointing: [] })
    expect(await verify()).toEqual([])
  })

  test("what the one commits, and whom it lets read, is told to those who watch at the other [L75 X17]", async () => {
    const { a, b } = await town()
    await transact(a, thing("ann"), thing("x"))
    const ears = listener()
    const names = { find: ["?n"], where: [["?e", "Thing/name", "?n"]] }
    await a.daybook.watch(names, { principal: "ann" }, ears.hear)
    expect(await ears.next()).toMatchObject({ kind: "answer", rows: [] })
    await transact(b, { entity: "Thing", id: "x", add: { readers: ["ann"] } })
    expect(await ears.next()).toMatchObject({ kind: "changes", changes: [["+", expect.any(String), ["x"]]] })
    await transact(b, { entity: "Thing", id: "x", set: { name: "xx" } }, thing("y"))
    const { changes } = (await ears.next()) as Extract<LiveUpdate, { kind: "changes" }>
    expect(changes).toMatchObject([
      ["-", expect.any(String)],
      ["+", expect.any(String), ["xx"]],
    ])
    await transact(b, { retract: "x" })
    expect(await ears.next()).toMatchObject({ changes: [["-", expect.any(String)]] })
  })
})

/** Hears one update after the other, as they come. */
function listener() {
  const heard: LiveUpdate[] = []
  let waiting: ((update: LiveUpdate) => void) | null = null
  return {
    hear: (update: LiveUpdate): void => {
      if (waiting === null) heard.push(update)
      else waiting(update)
      waiting = null
    },
    next: async () =>
      new Promise<LiveUpdate>(resolve => {
        const update = heard.shift()
        if (update === undefined) waiting = resolve
        else resolve(update)
      }),
  }
}
