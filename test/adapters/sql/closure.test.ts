import { expect, test } from "vitest"
import { isClosure } from "../../../src/adapters/sql/closure.ts"
import type { Clause, Term } from "../../../src/ports/datalog.ts"
import type { FactAttribute } from "../../../src/ports/facts.ts"
import { attributes } from "./small-world.ts"

const at = (variable: number): Term => ({ variable })
const fact = (attribute: FactAttribute, entity: number, value: number): Clause => ({
  kind: "fact",
  attribute,
  entity: at(entity),
  value: at(value),
})
const old = (person: number, age: number): readonly Clause[] => [
  fact(attributes.age, person, age),
  { kind: "compare", operator: ">", terms: [at(age), { value: 40 }] },
]

// Who is under 1: whoever has it as boss, and all who are under them.
const base = [fact(attributes.boss, 0, 1)]
const step = { terms: [at(0), at(2)], others: [fact(attributes.boss, 2, 1)] }
const down = { led: [1], free: [0] }

test("a rule that is one step taken any number of times is known by that, whatever its variables are called [QS1]", () => {
  expect(isClosure([base], [step], down)).toBe(true)
  const further = { terms: [at(0), at(5)], others: [fact(attributes.boss, 5, 1)] }
  expect(isClosure([base], [further], down)).toBe(true)
  const oldOnly = { terms: [at(0), at(3)], others: [fact(attributes.boss, 3, 1), ...old(3, 2)] }
  expect(isClosure([[...base, ...old(0, 7)]], [oldOnly], down)).toBe(true)
})

test("a rule whose steps differ from its beginning is not [QS1]", () => {
  expect(isClosure([[...base, ...old(0, 2)]], [step], down)).toBe(false)
  expect(isClosure([base], [{ ...step, others: [fact(attributes.tag, 2, 1)] }], down)).toBe(false)
  // The other way round: whose boss is 1, or somebody under them.
  expect(isClosure([base], [{ ...step, others: [fact(attributes.boss, 1, 2)] }], down)).toBe(false)
  expect(isClosure([base, base], [step], down)).toBe(false)
  expect(isClosure([base], [step, step], down)).toBe(false)
  expect(isClosure([base], [{ ...step, terms: [at(0), { value: 9 }] }], down)).toBe(false)
  expect(isClosure([base], [step], { led: [0, 1], free: [] })).toBe(false)
  const hidden: Clause = { kind: "not", join: [0], clauses: [fact(attributes.tag, 0, 3)] }
  const also: Clause = { kind: "not", join: [2], clauses: [fact(attributes.tag, 2, 3)] }
  expect(isClosure([[...base, hidden]], [{ ...step, others: [...step.others, also] }], down)).toBe(false)
})
