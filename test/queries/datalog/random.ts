import type { Json, JsonObject } from "../../../src/kernel/json.ts"

/** Numbers that look random and are the same for the same seed. */
export function dice(seed: number) {
  let state = seed >>> 0
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  return { below, pick: <T>(items: readonly T[]): T => items[below(items.length)]!, chance: (p: number) => next() < p }
}

export type Dice = ReturnType<typeof dice>

const people = ["p1", "p2", "p3", "p4", "p5", "p6"]
const things = ["b1", "b2", "d1"]
const names = ["Ann", "Bob", "Cy", "Ännchen"]
const kinds: Record<string, readonly Json[]> = {
  "Person/name": names,
  "Person/age": [1, 2, 3, 10],
  "Person/height": [1, 1.5, 2],
  "Person/aka": [...names, "X"],
  "Person/tags": ["a", "b", "Ann"],
  "Person/friend": people,
  "Person/boss": people,
  "Person/level": ["low", "high"],
  "Person/active": [true, false],
  "Thing/title": ["Ann", "Sea"],
  "Thing/owner": people,
  "Thing/pages": [1, 10],
}
const attributes = Object.keys(kinds)
const refs = ["Person/friend", "Person/boss", "Thing/owner"]
const manies = ["Person/aka", "Person/tags", "Person/friend"]

/** The ops that make all there is to refer to. */
export const firstOps: readonly JsonObject[] = people.map(id => ({ entity: "Person", id, set: {} }))

/** The ops of one transaction that makes and changes entities. */
export function randomOps({ below, pick, chance }: Dice): readonly JsonObject[] {
  const ops = new Map<string, JsonObject>()
  for (let i = 0; i < 4; i++) {
    const id = pick([...people, ...things])
    const entity = id.startsWith("p") ? "Person" : id.startsWith("b") ? "Book" : "Disc"
    const own = attributes.filter(a => a.startsWith(entity === "Person" ? "Person/" : "Thing/"))
    const fitting = entity === "Disc" ? own.filter(a => a !== "Thing/pages") : own
    const set = Object.fromEntries(
      Array.from({ length: 1 + below(4) }, () => {
        const attribute = pick(fitting)
        const some = (): Json => pick(kinds[attribute]!)
        const value = chance(0.15) ? null : manies.includes(attribute) ? [some(), some()] : some()
        return [attribute.split("/")[1]!, value]
      }),
    )
    ops.set(id, { entity, id, set })
  }
  return [...ops.values()]
}

const entityVariables = ["?e", "?f", "?g"]
const rules: Json = [
  [
    ["near", "?a", "?b"],
    ["?a", "Person/friend", "?b"],
  ],
  [
    ["near", "?a", "?b"],
    ["?a", "Person/boss", "?b"],
  ],
  [
    ["far", "?a", "?b"],
    ["near", "?a", "?b"],
  ],
  [
    ["far", "?a", "?b"],
    ["?a", "Person/friend", "?m"],
    ["far", "?m", "?b"],
  ],
  [
    ["twice", "?a", "?b"],
    ["?a", "Person/boss", "?b"],
  ],
  [
    ["twice", "?a", "?b"],
    ["twice", "?a", "?m"],
    ["twice", "?m", "?b"],
  ],
  [
    ["odd", "?a", "?b"],
    ["?a", "Person/friend", "?b"],
  ],
  [
    ["odd", "?a", "?b"],
    ["?a", "Person/friend", "?m"],
    ["even", "?m", "?b"],
  ],
  [
    ["even", "?a", "?b"],
    ["?a", "Person/friend", "?m"],
    ["odd", "?m", "?b"],
  ],
  [
    ["left", "?a", "?b"],
    ["?a", "Person/boss", "?b"],
  ],
  [["left", "?a", "?b"], ["left", "?a", "?m"], ["?m", "Person/friend", "?b"], [["!=", "?a", "?b"]]],
  [
    ["ways", "?a", "?b"],
    ["orJoin", ["?a", "?b"], ["?a", "Person/friend", "?b"], ["and", ["?a", "Person/boss", "?m"], ["ways", "?m", "?b"]]],
  ],
  [["old", "?a", "?n"], ["?a", "Person/age", "?x"], [["<", "?n", "?x"]]],
]

/** A query that makes sense more often than not. */
export function randomQuery(dice: Dice): JsonObject {
  const { below, pick, chance } = dice
  const where = Array.from({ length: 1 + below(4) }, () => clause(dice, 0))
  const bound = [...new Set(where.flatMap(bindings))]
  const find: Json[] = []
  for (const name of bound) if (chance(0.5)) find.push(name)
  if (find.length === 0) find.push(bound[0] ?? "?e")
  if (chance(0.25)) find[find.length - 1] = [pick(["count", "countDistinct", "distinct"]), find.at(-1)!]
  else if (chance(0.3) && bound.includes("?i")) find.push([pick(["sum", "min", "max", "avg", "count"]), "?i"])
  const unique = [...new Map(find.map(f => [JSON.stringify(f), f])).values()]
  const query: JsonObject = { find: unique, where, rules }
  if (chance(0.2)) return { ...query, in: ["?e"], args: [pick([...people, "nobody"])] }
  if (chance(0.1)) return { ...query, in: [["?s", "..."]], args: [[pick(names), pick(names)]] }
  if (chance(0.1))
    return {
      ...query,
      in: [[["?e", "?i"]]],
      args: [
        [
          [pick(people), 1],
          [pick(people), pick([2, 10])],
        ],
      ],
    }
  return query
}

function clause(dice: Dice, depth: number): Json {
  const { below, pick, chance } = dice
  const at = below(depth > 1 ? 12 : 17)
  if (at < 8) return pattern(dice)
  if (at === 8) return [[pick(["<", "<=", ">", ">=", "=", "!="]), "?i", pick<Json>([2, 3, "?j"])]]
  if (at === 9) return [[pick(["=", "!=", "startsWith", "<", "includes"]), "?s", pick<Json>(["Ann", "?t", "B"])]]
  if (at === 10) return [["!=", pick(entityVariables), pick<Json>([...entityVariables, "p1"])]]
  if (at === 11)
    return pick<Json>([
      [["missing", "?e", pick([...attributes.filter(a => a.startsWith("Person")), "Person/_boss", "Thing/_owner"])]],
      [["getElse", "?e", "Person/age", 0], "?i"],
      [["getElse", "?f", "Person/boss", "p1"], "?g"],
      [["+", "?i", pick<Json>([1, "?j"])], "?j"],
      [["str", "?s", "-", "?i"], "?t"],
      [["identity", "?s"], "?t"],
      [
        ["ground", [1, 2]],
        ["?i", "..."],
      ],
      [["mod", "?i", 2], "?j"],
    ])
  if (at === 12) return ["not", clause(dice, depth + 1), ...(chance(0.3) ? [clause(dice, depth + 1)] : [])]
  if (at === 13) {
    const other = chance(0.3) ? pattern(dice, "?e") : pattern(dice, "?e", "?s")
    return ["or", pattern(dice, "?e", "?s"), other]
  }
  if (at === 14) return ["orJoin", ["?e"], pattern(dice, "?e"), ["and", pattern(dice, "?e"), clause(dice, 2)]]
  if (at === 15) {
    const term = () => pick<Json>([...entityVariables, ...entityVariables, "p1", "p2", "_"])
    return [pick(["near", "far", "twice", "odd", "left", "ways"]), term(), term()]
  }
  return pick<Json>([
    ["notJoin", ["?e"], pattern(dice, "?e"), clause(dice, 2)],
    ["?e", "?a", "?v"],
    ["old", "?e", "?i"],
  ])
}

function pattern({ pick, chance }: Dice, entity?: string, value?: string): Json {
  const e = entity ?? pick<Json>([...entityVariables, "?e", "?e", "p1"])
  const fitting = value === undefined ? attributes : ["Person/name", "Person/aka", "Person/tags", "Thing/title"]
  const attribute = pick(fitting)
  if (chance(0.15) && value === undefined) return [pick(entityVariables), "Person/_boss", e]
  if (chance(0.25) && value === undefined) return [e, attribute, pick(kinds[attribute]!)]
  if (chance(0.1) && value === undefined) return [e, attribute]
  const first = kinds[attribute]![0]
  if (value !== undefined) return [e, attribute, value]
  if (refs.includes(attribute)) return [e, attribute, pick(entityVariables)]
  return [
    e,
    attribute,
    typeof first === "number" ? pick(["?i", "?j"]) : typeof first === "string" ? pick(["?s", "?t"]) : "?x",
  ]
}

// Which variables a clause binds by itself.
function bindings(json: Json): readonly string[] {
  if (!Array.isArray(json)) return []
  const clause = json as readonly Json[]
  const isVariable = (term: Json): term is string => typeof term === "string" && term.startsWith("?")
  if (Array.isArray(clause[0])) return clause.length === 2 ? [clause[1]!].flat().filter(isVariable) : []
  if (clause[0] === "not" || clause[0] === "notJoin") return []
  if (clause[0] === "or") return bindings(clause[1]!)
  if (clause[0] === "orJoin") return clause[1] as string[]
  return clause.filter(isVariable)
}
