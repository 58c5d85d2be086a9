import { expect, test } from "vitest"
import type { Clause, DatalogQuery } from "../../../src/ports/datalog.ts"
import type { FactAttribute } from "../../../src/ports/facts.ts"
import { topicsOf } from "../../../src/queries/live/topics.ts"

const attribute = (fullName: string): FactAttribute => {
  const [type = "", name = ""] = fullName.split("/")
  return { fullName, name, types: [type], type: "string", many: false, lookup: true }
}

const has = (variable: number, name: string, value: Extract<Clause, { kind: "fact" }>["value"]): Clause => {
  return { kind: "fact", attribute: attribute(name), entity: { variable }, value }
}

const query = (where: readonly Clause[], more: Partial<DatalogQuery> = {}): DatalogQuery => {
  return { kinds: [], inputs: [], where, rules: [], find: [], with: [], ...more }
}

test("all clauses about one entity are one topic, and a value that is named narrows it", () => {
  const where = [has(0, "Task/list", { value: "l1" }), has(0, "Task/title", { variable: 1 })]
  expect(topicsOf(query(where))).toEqual([
    {
      attributes: new Set(["Task/list", "Task/title"]),
      narrowing: { attribute: "Task/list", isRef: false, values: ["l1"] },
    },
  ])
})

test("inputs narrow as values do, and an entity that is an input narrows to itself", () => {
  const where = [has(0, "Task/list", { variable: 1 }), has(2, "List/name", { variable: 3 })]
  const inputs = [
    { variables: [1], rows: [["l1"], ["l2"], ["l1"]] },
    { variables: [2], rows: [[7]] },
  ]
  expect(topicsOf(query(where, { inputs }))).toEqual([
    { attributes: new Set(["Task/list"]), narrowing: { attribute: "Task/list", isRef: false, values: ["l1", "l2"] } },
    { attributes: new Set(["List/name"]), narrowing: { entities: [7] } },
  ])
})

test("what narrows an entity outside of a negation narrows it inside", () => {
  const inside = [has(0, "Task/done", { variable: 5 })]
  const where: readonly Clause[] = [has(0, "Task/list", { value: "l1" }), { kind: "not", join: [0], clauses: inside }]
  expect(topicsOf(query(where))[1]).toEqual({
    attributes: new Set(["Task/done"]),
    narrowing: { attribute: "Task/list", isRef: false, values: ["l1"] },
  })
})

test("the branches of rules are topics without anything that narrows them", () => {
  const rules = [
    {
      name: "under",
      parameters: ["entity", "entity"] as const,
      required: [],
      branches: [{ kinds: ["entity", "entity"] as const, clauses: [has(0, "Task/parent", { variable: 1 })] }],
    },
  ]
  const where: readonly Clause[] = [{ kind: "rule", rule: 0, terms: [{ variable: 0 }, { value: 3 }] }]
  expect(topicsOf(query(where, { rules }))).toEqual([{ attributes: new Set(["Task/parent"]), narrowing: null }])
})
