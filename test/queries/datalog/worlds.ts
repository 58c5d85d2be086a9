import type { JsonObject } from "../../../src/kernel/json.ts"

const person = (id: string, set: JsonObject): JsonObject => ({ entity: "Person", id, set })
const node = (id: string, follow: readonly string[], label = `label ${id}`): JsonObject => ({
  entity: "Node",
  id,
  set: { follow, label },
})

/** What there is, in some small worlds. */
export const worlds = {
  /** Of one there is no name. */
  four: [
    person("1", { name: "Ivan", age: 15, email: "ivan@x", aka: ["robot", "ai"] }),
    person("2", { name: "Petr", age: 37, email: "petr@x", aka: ["porosenok"], friend: ["1"], boss: "1" }),
    person("3", { name: "Ivan", age: 37, email: "ivan2@x", friend: ["1", "2"], boss: "1" }),
    person("4", { age: 15, friend: ["3"], boss: "2" }),
  ],
  /** Two names and two ages, in all ways. */
  six: [
    person("1", { name: "Ivan", age: 10 }),
    person("2", { name: "Ivan", age: 20 }),
    person("3", { name: "Oleg", age: 10 }),
    person("4", { name: "Oleg", age: 20 }),
    person("5", { name: "Ivan", age: 10 }),
    person("6", { name: "Ivan", age: 20 }),
  ],
  graph: [node("1", ["2"]), node("2", ["3", "4"]), node("3", ["4"]), node("4", ["6"]), node("5", ["3"]), node("6", [])],
  /** One of each kind of value. */
  values: [
    person("1", {
      name: "Änne",
      nick: "A",
      age: 3,
      height: 1.5,
      tags: ["x", "y"],
      born: "2000-01-01T01:00:00+01:00",
      pay: "10.50",
      level: "low",
      active: true,
      extra: { a: [1] },
      secret: "psst",
    }),
    person("2", {
      name: "Bo",
      nick: "?x",
      age: -4,
      height: 2,
      tags: ["y"],
      born: "2001-01-01T00:00:00Z",
      pay: "9",
      level: "high",
      active: false,
      extra: ["a"],
    }),
    person("3", { name: "_", pay: "100", height: 0.5, boss: "1" }),
    { entity: "Book", id: "b", set: { title: "Sea", owner: "1", pages: 10 } },
    { entity: "Disc", id: "d", set: { title: "Sea", owner: "2", minutes: 10 } },
  ],
} satisfies Record<string, readonly JsonObject[]>

/** A query, and its answer in one of the worlds; or the code of the refusal, and a part of its sentence. */
export type Case = {
  readonly world: keyof typeof worlds
  readonly title: string
  readonly query: JsonObject
} & (
  | { readonly answer: unknown; readonly refused?: undefined }
  | { readonly refused: string; readonly says: string; readonly path?: string }
)
