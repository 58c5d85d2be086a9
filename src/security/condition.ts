import { canonicalJson } from "../kernel/json.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { Pred, Scalar, Term, Var } from "../schema/grammar.ts"
import { inverse, wayOf, type Way } from "./way.ts"

/** One side of a comparison: a value, or what is at the end of a way. */
export type Operand = { readonly value: Scalar } | { readonly from: Var; readonly way: Way }

/** How two values are compared. */
export type Operator = "eq" | "lt" | "lte" | "gt" | "gte"

/** A predicate of a rule, with nothing left to look up. */
export type Condition =
  | { readonly kind: "constant"; readonly holds: boolean }
  | { readonly kind: "all"; readonly parts: readonly Condition[] }
  | { readonly kind: "any"; readonly parts: readonly Condition[] }
  | { readonly kind: "not"; readonly part: Condition }
  | { readonly kind: "same"; readonly a: Var; readonly b: Var }
  | { readonly kind: "reaches"; readonly from: Var; readonly way: Way; readonly to: Var }
  | { readonly kind: "exists"; readonly from: Var; readonly way: Way }
  | { readonly kind: "compare"; readonly operator: Operator; readonly left: Operand; readonly right: Operand }
  | { readonly kind: "among"; readonly operand: Operand; readonly values: readonly Scalar[] }
  | { readonly kind: "ofType"; readonly variable: Var; readonly types: ReadonlySet<string> }

/** Reads predicates so that equal ones become one condition: what is asked for many types is asked once. */
export function conditionReader(schema: CompiledSchema): (pred: Pred) => Condition {
  const known = new Map<string, Condition>()
  return pred => {
    const key = canonicalJson(pred)
    const found = known.get(key) ?? conditionOf(schema, pred)
    known.set(key, found)
    return found
  }
}

function conditionOf(schema: CompiledSchema, pred: Pred): Condition {
  const each = (parts: readonly Pred[]) => parts.map(part => conditionOf(schema, part))
  if (typeof pred === "boolean") return { kind: "constant", holds: pred }
  if ("and" in pred) return { kind: "all", parts: each(pred.and) }
  if ("or" in pred) return { kind: "any", parts: each(pred.or) }
  if ("not" in pred) return { kind: "not", part: conditionOf(schema, pred.not) }
  if ("is" in pred) return { kind: "same", a: pred.is[0], b: pred.is[1] }
  if ("reaches" in pred) return reaches(...pred.reaches, schema)
  if ("exists" in pred) return { kind: "exists", from: pred.exists[0], way: wayOf(schema, pred.exists[1]) }
  if ("in" in pred) return { kind: "among", operand: operandOf(schema, pred.in[0]), values: pred.in[1] }
  if ("type" in pred) {
    const [variable, name] = pred.type
    return { kind: "ofType", variable, types: new Set(schema.abstracts.get(name) ?? [name]) }
  }
  const compare = (operator: Operator, [left, right]: readonly [Term, Term]): Condition => {
    return { kind: "compare", operator, left: operandOf(schema, left), right: operandOf(schema, right) }
  }
  if ("eq" in pred) return compare("eq", pred.eq)
  if ("lt" in pred) return compare("lt", pred.lt)
  if ("lte" in pred) return compare("lte", pred.lte)
  if ("gt" in pred) return compare("gt", pred.gt)
  return compare("gte", pred.gte)
}

// Whoever asks is one, whoever is asked about may be many: the way always ends at the one.
function reaches(
  from: Var,
  path: readonly Parameters<typeof wayOf>[1][number][],
  to: Var,
  schema: CompiledSchema,
): Condition {
  const way = wayOf(schema, path)
  const isTurned = from === "$security" && to !== "$security"
  return isTurned ? { kind: "reaches", from: to, way: inverse(way), to: from } : { kind: "reaches", from, way, to }
}

function operandOf(schema: CompiledSchema, term: Term): Operand {
  if (typeof term !== "object") return { value: term }
  const [from, ...path] = term.path
  return { from, way: wayOf(schema, path) }
}

/** Every way a condition walks. */
export function waysIn(condition: Condition): readonly Way[] {
  switch (condition.kind) {
    case "constant":
    case "same":
    case "ofType":
      return []
    case "all":
    case "any":
      return condition.parts.flatMap(waysIn)
    case "not":
      return waysIn(condition.part)
    case "reaches":
    case "exists":
      return [condition.way]
    case "among":
      return "way" in condition.operand ? [condition.operand.way] : []
    case "compare":
      return [condition.left, condition.right].flatMap(side => ("way" in side ? [side.way] : []))
  }
}
