import { expect } from "vitest"
import { Refusal } from "../../../src/kernel/refusal.ts"
import type { Json } from "../../../src/kernel/json.ts"
import type { Clause, DatalogBounds, DatalogQuery, Rule, Term, VariableKind } from "../../../src/ports/datalog.ts"
import type { FactAttribute } from "../../../src/ports/facts.ts"
import type { Store } from "../../../src/ports/store.ts"
import { aTransaction, anEvent } from "../../../src/testing/writes.ts"
import { attributes } from "./small-world.ts"

const bounds: DatalogBounds = { rowsMax: 1_000, milliseconds: 10_000 }
const at = (variable: number): Term => ({ variable })
const is = (value: Json): Term => ({ value })
const fact = (attribute: FactAttribute, entity: Term, value: Term): Clause => ({
  kind: "fact",
  attribute,
  entity,
  value,
})

function query(kinds: string, where: readonly Clause[], find: readonly number[], said: Partial<DatalogQuery> = {}) {
  const all = kinds.split("").map((kind): VariableKind => (kind === "e" ? "entity" : "value"))
  return { kinds: all, inputs: [], where, rules: [], find: find.map(v => ({ variable: v })), with: [], ...said }
}

/** Puts in people: a number of them, of whom each but the first has the one before as boss. */
export async function chained(store: Store, count: number): Promise<readonly number[]> {
  const ids = Array.from({ length: count }, (_, i) => `p${i}`)
  const value = (name: string, its: string | number, ref = false) => {
    return { attribute: name, value: its, ref, unique: false, added: true }
  }
  const changes = ids.map((id, i) => {
    const boss = i === 0 ? {} : { boss: ids[i - 1]! }
    const values = [value("Party/name", `Name ${i % 10}`), value("Person/age", i)]
    const document = { name: `Name ${i % 10}`, age: i, score: i / 10, away: i % 2 === 0, note: `Note ${i}`, ...boss }
    const bossed = i === 0 ? values : [...values, value("Person/boss", ids[i - 1]!, true)]
    return { id, type: "Person", document, replaces: false, values: bossed }
  })
  const events = ids.map(id => anEvent({ id: `${id} 0`, stream: { id, type: "Person" } }))
  expect((await store.commit([aTransaction({ events, changes })]))[0]?.kind).toBe("done")
  return (await store.facts.keys(ids)).map(key => key!)
}

const under: Rule = {
  name: "under",
  parameters: ["entity", "entity"],
  required: [],
  branches: [
    { kinds: ["entity", "entity"], clauses: [fact(attributes.boss, at(0), at(1))] },
    {
      kinds: ["entity", "entity", "entity"],
      clauses: [fact(attributes.boss, at(2), at(1)), { kind: "rule", rule: 0, terms: [at(0), at(2)] }],
    },
  ],
}

/** Queries whose answers are known. A store that is worth it answers each of them. */
export async function answersWhatIsKnown(store: Store): Promise<void> {
  const keys = await chained(store, 30)
  const { name, age, score, away, note, boss } = attributes
  const call = (a: Term, b: Term): Clause => ({ kind: "rule", rule: 0, terms: [a, b] })
  const rules = { rules: [under] }
  const [k0, k3, k27, k28, k29] = [0, 3, 27, 28, 29].map(i => keys[i]!)
  const known: readonly (readonly [DatalogQuery, readonly (readonly Json[])[]])[] = [
    [query("ev", [fact(name, at(0), is("Name 3")), fact(age, at(0), at(1))], [1]), [[3], [13], [23]]],
    [query("evv", [fact(name, is(k3!), at(1)), fact(note, is(k3!), at(2))], [1, 2]), [["Name 3", "Note 3"]]],
    [query("ev", [fact(away, is(k3!), at(1))], [1]), [[false]]],
    [query("ev", [fact(score, is(k3!), at(1))], [1]), [[0.3]]],
    [query("ee", [call(at(0), is(k27!))], [0], rules), [[k28!], [k29!]]],
    [query("ee", [call(is(k3!), at(0)), fact(age, at(0), is(0))], [0], rules), [[k0!]]],
    [query("ee", [fact(age, at(1), is(27)), call(at(0), at(1))], [0], rules), [[k28!], [k29!]]],
    [query("ev", [fact(age, at(0), at(1)), { kind: "compare", operator: ">", terms: [at(1), is(28)] }], [0]), [[k29!]]],
    [
      query("ev", [fact(age, at(0), at(1)), { kind: "not", join: [0], clauses: [fact(boss, "anything", at(0))] }], [1]),
      [[29]],
    ],
    [
      {
        ...query("evv", [fact(name, at(0), at(1)), fact(age, at(0), at(2))], []),
        find: [{ variable: 1 }, { variable: 0, aggregate: "count" }, { variable: 2, aggregate: "avg" }],
        inputs: [{ variables: [1], rows: [["Name 1"], ["Name 2"], ["Name 99"]] }],
      },
      [
        ["Name 1", 3, 11],
        ["Name 2", 3, 12],
      ],
    ],
    [{ ...query("ev", [fact(age, at(0), at(1))], []), find: [{ variable: 1, aggregate: "sum" }] }, [[435]]],
    [
      {
        ...query("ev", [fact(age, at(0), is(-1)), fact(age, at(0), at(1))], []),
        find: [{ variable: 1, aggregate: "sum" }],
      },
      [],
    ],
  ]
  for (const [asked, expected] of known) {
    const rows = await store.datalog.answer(asked, { moment: { t: 1 }, scope: null, bounds })
    const texts = (list: readonly (readonly Json[])[] | null) => list?.map(row => JSON.stringify(row)).toSorted()
    expect({ asked, rows: texts(rows) }).toEqual({ asked, rows: texts(expected) })
  }
}

/** Queries that begin somewhere and are led from there: none of them may walk over everything. */
export function someSmallQueries(): readonly DatalogQuery[] {
  const { name, age, boss, note, rank } = attributes
  const call = (a: Term, b: Term): Clause => ({ kind: "rule", rule: 0, terms: [a, b] })
  const begun = fact(name, at(0), is("a"))
  const led: readonly (readonly Clause[])[] = [
    [fact(age, at(0), at(2))],
    [fact(boss, at(0), at(1)), fact(age, at(1), at(2))],
    [fact(boss, at(1), at(0)), fact(age, at(1), at(2))],
    [
      fact(age, at(0), at(2)),
      fact(boss, at(1), at(0)),
      fact(age, at(1), at(4)),
      { kind: "compare", operator: "<", terms: [at(2), at(4)] },
    ],
    [fact(age, at(0), at(2)), { kind: "compare", operator: ">", terms: [at(2), is(50)] }],
    [fact(boss, at(1), at(0)), fact(boss, at(3), at(1))],
    [fact(note, at(0), at(2))],
    [fact(note, at(0), at(2)), fact(name, at(1), at(2)), fact(rank, at(1), at(4))],
    [{ kind: "not", join: [0], clauses: [fact(boss, "anything", at(0))] }],
    [{ kind: "missing", attribute: age, entity: at(0) }],
    [call(at(1), at(0))],
    [call(at(0), at(1))],
  ]
  return led.map(clauses => query("eevev", [begun, ...clauses], [0], { rules: [under] }))
}

/** What takes too long, or is too much, is refused, and others are answered afterwards. */
export async function staysWithin(store: Store): Promise<void> {
  await chained(store, 300)
  const { name } = attributes
  const endless = query(
    "eeeevvvv",
    [0, 1, 2, 3].map(i => fact(name, at(i), at(4 + i))),
    [0, 1, 2, 3],
    { find: [{ variable: 0, aggregate: "count" }], with: [1, 2, 3] },
  )
  const answer = async (asked: DatalogQuery, within: Partial<DatalogBounds>) =>
    store.datalog.answer(asked, { moment: { t: 1 }, scope: null, bounds: { ...bounds, ...within } })
  const before = performance.now()
  const code = async (asked: DatalogQuery, within: Partial<DatalogBounds>) =>
    answer(asked, within).then(
      () => "answered",
      (error: unknown) => (error instanceof Refusal ? error.code : error),
    )
  expect(await code(endless, { milliseconds: 60 })).toBe("timeout")
  expect(performance.now() - before).toBeLessThan(2_000)
  const all = query("ev", [fact(name, at(0), at(1))], [0])
  expect(await code(all, { rowsMax: 299 })).toBe("too-large")
  expect((await answer(all, { rowsMax: 300 }))?.length).toBe(300)
}
