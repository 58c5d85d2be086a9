import type { Json } from "../kernel/json.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Scalar, Var } from "../schema/grammar.ts"
import { holdsBetween } from "./compare.ts"
import type { Condition, Operand } from "./condition.ts"
import { asKey, type Look } from "./look.ts"
import { endsOf, leading } from "./walk.ts"
import type { Way } from "./way.ts"

/** What a condition is asked about: by variable, an entity for each case. The security entity is the same in all. */
export type Cases = { readonly [V in Exclude<Var, "$security">]?: readonly EntityKey[] }

/** Those of some cases, named by their places, in which a condition holds. All are judged together. */
export function* holding(
  condition: Condition,
  cases: Cases,
  places: readonly number[],
  look: Look,
): Steps<readonly number[]> {
  if (places.length === 0) return places
  switch (condition.kind) {
    case "constant":
      return condition.holds ? places : []
    case "all": {
      let left = places
      for (const part of condition.parts) left = yield* holding(part, cases, left, look)
      return left
    }
    case "any": {
      let failed = places
      for (const part of condition.parts) failed = without(failed, yield* holding(part, cases, failed, look))
      return without(places, failed)
    }
    case "not":
      return without(places, yield* holding(condition.part, cases, places, look))
    case "same": {
      const [a, b] = [entityIn(condition.a, cases, look), entityIn(condition.b, cases, look)]
      return places.filter(place => a(place) !== null && a(place) === b(place))
    }
    case "ofType": {
      const key = entityIn(condition.variable, cases, look)
      yield* look.types.learn(
        places.flatMap(place => key(place) ?? []),
        look,
      )
      return places.filter(place => condition.types.has(look.types.of(key(place) ?? 0) ?? ""))
    }
    case "exists":
      return yield* withWay(condition.from, condition.way, null, cases, places, look)
    case "reaches":
      return yield* reaching(condition, cases, places, look)
    case "among":
    case "compare":
      return yield* comparing(condition, cases, places, look)
  }
}

function without(places: readonly number[], others: readonly number[]): readonly number[] {
  if (others.length === 0) return places
  const gone = new Set(others)
  return places.filter(place => !gone.has(place))
}

function entityIn(variable: Var, cases: Cases, look: Look): (place: number) => EntityKey | null {
  if (variable === "$security") return () => look.security
  const column = cases[variable] ?? []
  return place => column[place] ?? null
}

function startsIn(variable: Var, cases: Cases, places: readonly number[], look: Look): ReadonlySet<EntityKey> {
  const key = entityIn(variable, cases, look)
  return new Set(places.flatMap(place => key(place) ?? []))
}

// The cases in which the way from a variable leads to something wanted.
function* withWay(
  from: Var,
  way: Way,
  wanted: readonly Json[] | null,
  cases: Cases,
  places: readonly number[],
  look: Look,
): Steps<readonly number[]> {
  const good = yield* leading(look, startsIn(from, cases, places, look), way.steps, wanted)
  const key = entityIn(from, cases, look)
  return places.filter(place => good.has(key(place) ?? 0))
}

function* reaching(
  { from, way, to }: Extract<Condition, { kind: "reaches" }>,
  cases: Cases,
  places: readonly number[],
  look: Look,
): Steps<readonly number[]> {
  if (to === "$security") {
    return look.security === null ? [] : yield* withWay(from, way, [look.security], cases, places, look)
  }
  const ends = yield* endsOf(look, startsIn(from, cases, places, look), way.steps)
  const [start, target] = [entityIn(from, cases, look), entityIn(to, cases, look)]
  return places.filter(place => ends.get(start(place) ?? 0)?.has(target(place)) === true)
}

type Comparing = Extract<Condition, { kind: "among" | "compare" }>

function* comparing(
  condition: Comparing,
  cases: Cases,
  places: readonly number[],
  look: Look,
): Steps<readonly number[]> {
  const [left, right] = condition.kind === "among" ? [condition.operand, null] : [condition.left, condition.right]
  const operator = condition.kind === "among" ? "eq" : condition.operator
  const end = endOf(left) ?? (right && endOf(right)) ?? "string"
  const asIds = end === "entity" && operator !== "eq"
  const listed = condition.kind === "among" ? yield* valuesFor(condition.values, end, look) : null
  const [fixedLeft, fixedRight] = [
    yield* fixed(left, end, asIds, look),
    listed ?? (right && (yield* fixed(right, end, asIds, look))),
  ]
  if (operator === "eq" && fixedRight && "way" in left && !fixedLeft) {
    return yield* withWay(left.from, left.way, fixedRight, cases, places, look)
  }
  if (operator === "eq" && fixedLeft && right && "way" in right && !fixedRight) {
    return yield* withWay(right.from, right.way, fixedLeft, cases, places, look)
  }
  const one = yield* sideOf(left, fixedLeft, asIds, cases, places, look)
  const other = yield* sideOf(right, fixedRight, asIds, cases, places, look)
  return places.filter(place => holdsBetween(operator, one(place), other(place), end))
}

function endOf(operand: Operand): Way["end"] | null {
  return "way" in operand ? operand.way.end : null
}

/** The values of a side that is the same in all cases; null: it is not. */
export function* fixed(operand: Operand, end: Way["end"], asIds: boolean, look: Look): Steps<readonly Json[] | null> {
  if ("value" in operand) return asIds ? [operand.value] : yield* valuesFor([operand.value], end, look)
  if (operand.from !== "$security") return null
  if (look.security === null) return []
  const ends = yield* endsOf(look, new Set([look.security]), operand.way.steps)
  const values = [...(ends.get(look.security) ?? [])]
  return asIds ? yield* need(look.facts.ids(values.map(asKey))) : values
}

/** Values as facts have them: where they are compared with entities, the keys of the ids they are. */
export function* valuesFor(values: readonly Scalar[], end: Way["end"], look: Look): Steps<readonly Json[]> {
  if (end !== "entity") return values
  const keys = yield* need(look.facts.keys(values.filter(value => typeof value === "string")))
  return keys.filter(key => key !== null)
}

type Side = (place: number) => ReadonlySet<Json>

function* sideOf(
  operand: Operand | null,
  values: readonly Json[] | null,
  asIds: boolean,
  cases: Cases,
  places: readonly number[],
  look: Look,
): Steps<Side> {
  if (values !== null || operand === null || "value" in operand) {
    const all = new Set(values)
    return () => all
  }
  const ends = yield* endsOf(look, startsIn(operand.from, cases, places, look), operand.way.steps)
  const named = asIds ? yield* idsIn(ends, look) : ends
  const key = entityIn(operand.from, cases, look)
  return place => named.get(key(place) ?? 0) ?? none
}

const none: ReadonlySet<Json> = new Set()

// The order of entities is that of their ids: that of their keys says nothing but who was mentioned first.
function* idsIn(
  ends: ReadonlyMap<EntityKey, ReadonlySet<Json>>,
  look: Look,
): Steps<ReadonlyMap<EntityKey, ReadonlySet<Json>>> {
  const keys = [...new Set([...ends.values()].flatMap(values => [...values]))].map(asKey)
  const ids = yield* need(look.facts.ids(keys))
  const idOf = new Map(keys.map((key, i) => [key, ids[i]!]))
  return new Map(
    [...ends].map(([start, values]) => [start, new Set([...values].map(value => idOf.get(asKey(value))!))]),
  )
}
