import fc from "fast-check"
import type { Document } from "../../src/kernel/entity.ts"
import type { Json, JsonObject } from "../../src/kernel/json.ts"

/** A random op on one of a few people, of whom nobody is required to have a name here. */
export type RandomOp =
  | {
      readonly kind: "put"
      readonly id: string
      readonly set: JsonObject
      readonly add: JsonObject
      readonly remove: JsonObject
    }
  | { readonly kind: "retract"; readonly id: string }
  | { readonly kind: "cas"; readonly id: string; readonly old: number | null; readonly new: number | null }

const ids = ["a", "b", "c", "d", "e"]
const id = fc.constantFrom(...ids)
const tags = fc.uniqueArray(fc.constantFrom("x", "y", "z"), { maxLength: 2 })
const optional = { requiredKeys: [] }

const put = fc.record({
  kind: fc.constant("put" as const),
  id,
  set: fc.record(
    {
      age: fc.option(fc.integer({ min: 0, max: 3 })),
      nick: fc.option(fc.constantFrom("n1", "n2", "n3")),
      boss: fc.option(id),
      tags: fc.option(tags),
    },
    optional,
  ),
  add: fc.record({ tags, friends: fc.uniqueArray(id, { maxLength: 2 }) }, optional),
  remove: fc.record({ tags, friends: fc.uniqueArray(id, { maxLength: 2 }) }, optional),
})
const age = fc.option(fc.integer({ min: 0, max: 3 }))
const retract = fc.record({ kind: fc.constant("retract" as const), id })
const cas = fc.record({ kind: fc.constant("cas" as const), id, old: age, new: age })

/** One random transaction. */
export const randomOps = fc.array(fc.oneof({ weight: 5, arbitrary: put }, retract, cas), { minLength: 1, maxLength: 4 })

/** The op as it is sent. */
export function sent(op: RandomOp): JsonObject {
  switch (op.kind) {
    case "put":
      return { entity: "Person", id: op.id, set: op.set, add: op.add, remove: op.remove }
    case "retract":
      return { retract: op.id }
    case "cas":
      return { cas: op.id, attr: "age", old: op.old, new: op.new }
  }
}

type People = Map<string, Record<string, Json>>

/** What people are, kept in plain maps: every transaction makes them anew, or not at all. */
export class PeopleModel {
  people: People = new Map()

  /** Whether it may be; if so, it is. */
  transact(ops: readonly RandomOp[]): boolean {
    const next: People = new Map([...this.people].map(([key, person]) => [key, structuredClone(person)]))
    const gone = new Set<string>()
    for (const op of ops) if (!applied(op, next, gone)) return false
    if (!isSound(next)) return false
    this.people = next
    return true
  }

  document(key: string): Document | null {
    return this.people.get(key) ?? null
  }
}

function applied(op: RandomOp, people: People, gone: Set<string>): boolean {
  const person = people.get(op.id)
  switch (op.kind) {
    case "put": {
      const made = person ?? { status: "active" }
      people.set(op.id, made)
      for (const [name, value] of Object.entries(op.set)) put1(made, name, value ?? null)
      for (const [name, values] of Object.entries(op.add))
        put1(made, name, [...new Set([...held(made, name), ...(values as string[])])])
      for (const [name, values] of Object.entries(op.remove)) {
        put1(
          made,
          name,
          held(made, name).filter(v => !(values as string[]).includes(v)),
        )
      }
      return true
    }
    case "retract":
      // What is gone may go again, as far as it went in this very transaction.
      if (person === undefined) return gone.has(op.id)
      gone.add(op.id)
      people.delete(op.id)
      for (const other of people.values()) {
        if (other["boss"] === op.id) delete other["boss"]
        put1(
          other,
          "friends",
          held(other, "friends").filter(friend => friend !== op.id),
        )
      }
      return true
    case "cas":
      if (person === undefined || (person["age"] ?? null) !== op.old) return false
      put1(person, "age", op.new)
      return true
  }
}

function put1(person: Record<string, Json>, name: string, value: Json): void {
  if (value === null || (Array.isArray(value) && value.length === 0)) delete person[name]
  else person[name] = value
}

function held(person: Record<string, Json>, name: string): string[] {
  return (person[name] as string[] | undefined) ?? []
}

function isSound(people: People): boolean {
  const nicks = [...people.values()].flatMap(person => person["nick"] ?? [])
  const targets = [...people.values()].flatMap(person => [...bossOf(person), ...held(person, "friends")])
  return new Set(nicks).size === nicks.length && targets.every(target => people.has(target))
}

function bossOf(person: Record<string, Json>): string[] {
  const { boss } = person
  return typeof boss === "string" ? [boss] : []
}

export { ids as peopleIds }
