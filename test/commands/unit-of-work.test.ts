import { describe, expect, test } from "vitest"
import { buildRoutes } from "../../src/commands/routes.ts"
import { runDecision } from "../../src/commands/deciding.ts"
import { Heads } from "../../src/commands/heads.ts"
import { Work, type Settled } from "../../src/commands/work.ts"
import { Workspace } from "../../src/commands/workspace.ts"
import type { Command } from "../../src/kernel/message.ts"
import { compileSchema } from "../../src/schema/compile.ts"
import { parseSchema } from "../../src/schema/parse.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { memoryStore } from "../../src/testing/memory-store.ts"
import { bankApp, event, reject } from "./bank.ts"

const app = bankApp()
const routes = buildRoutes(app, compileSchema(parseSchema(app.schema)), app.adapters)
const command: Command = { id: "c", type: "Deposit", target: { type: "Account", id: "a" }, data: {} }
const fresh = (id = "a") => ({ id, type: "", version: 0, t: 0, document: null })

function unit() {
  const work = new Work(command, routes, seededIds())
  const workspace = new Workspace(memoryStore())
  // The store is at hand, so it is settled in this turn.
  const settle = () => runDecision(work.settle(workspace), workspace) as Settled
  return { work, workspace, settle }
}

describe("a unit of work", () => {
  test("is new, then active, then settled [A14]", () => {
    const { work, settle } = unit()
    expect(work.mode).toBe("new")
    work.record(fresh(), "Account", event("Deposited", { amount: 2 }))
    expect(work.mode).toBe("active")
    settle()
    expect(work.mode).toBe("settled")
  })

  test("can be settled when nothing was said, and comes to nothing [A14 N41]", () => {
    const { settle } = unit()
    expect(settle()).toMatchObject({ events: [], changes: [], reads: [], heads: [] })
  })

  test("cannot be settled twice, and takes nothing more [A17]", () => {
    const { work, settle } = unit()
    settle()
    expect(settle).toThrow("Deposit was settled twice")
    expect(() => work.record(fresh(), "Account", event("Deposited", { amount: 2 }))).toThrow(
      "after Deposit was settled",
    )
  })

  test("whose settling the store has broken off is settled another time, to the same [A16 A18]", () => {
    const { work, workspace, settle } = unit()
    work.record(fresh(), "Account", event("AccountOpened", { owner: "Ann", number: "1" }))
    const away = {
      load() {
        throw new Error("The store is away")
      },
    }
    expect(() => runDecision(work.settle(workspace), away)).toThrow("The store is away")
    expect(settle()).toMatchObject({ events: [{ type: "AccountOpened", kind: "created" }], changes: [{ id: "a" }] })
    expect(settle).toThrow("settled twice")
  })

  test("that is left has touched nothing but itself [A16 A17]", () => {
    const head = Object.freeze(fresh())
    const { work } = unit()
    work.record(head, "Account", event("Deposited", { amount: 2 }))
    expect([work.document(head), head.document]).toEqual([{ balance: 2 }, null])
  })

  test("yields the events of all entities it touched, in order, and what each transaction comes to [A19 L9]", () => {
    const { work, settle } = unit()
    work.record(fresh("a"), "Account", event("Deposited", { amount: 2 }))
    work.record(fresh("b"), "Account", event("Deposited", { amount: 1 }))
    work.record(fresh("a"), "Account", event("Withdrawn", { amount: 1 }))
    work.record(fresh("c"), "Account", reject("Overdrawn", {}))
    const settled = settle()
    expect(settled.events.map(e => [e.stream.id, e.stream.version, e.kind])).toEqual([
      ["a", 1, null],
      ["b", 1, "created"],
      ["a", 2, "created"],
      ["c", 1, null],
    ])
    expect(settled.changes.map(c => [c.id, c.document])).toEqual([
      ["a", { balance: 1 }],
      ["b", { balance: 1 }],
    ])
  })

  test("names what it rests on, and has no event about [X2]", () => {
    const { work, settle } = unit()
    work.rest({ ...fresh("x"), version: 7 })
    work.rest({ ...fresh("x"), version: 8 })
    work.rest(fresh("a"))
    work.record(fresh("a"), "Account", event("Deposited", { amount: 2 }))
    expect(work.restedOn()).toContainEqual({ id: "x", version: 7 })
    expect(settle().reads).toEqual([{ id: "x", version: 7 }])
  })
})

describe("the heads that were used lately", () => {
  const head = (id: string, version = 1) => ({ ...fresh(id), version })

  test("are remembered as long as they are used, and never more than there is room for", () => {
    const heads = new Heads(10)
    for (let i = 0; i < 100; i++) {
      heads.set(head(`h${i}`))
      heads.get("h0")
    }
    expect(heads.get("h0")?.version).toBe(1)
    expect(heads.get("h99")?.version).toBe(1)
    expect(heads.get("h50")).toBe(undefined)
  })

  test("are forgotten whole", () => {
    const heads = new Heads(4)
    for (const version of [1, 2]) for (const id of ["a", "b", "c"]) heads.set(head(id, version))
    heads.forget("a")
    expect([heads.get("a"), heads.get("c")?.version]).toEqual([undefined, 2])
    heads.clear()
    expect(heads.get("c")).toBe(undefined)
  })
})
