import type { Json } from "../kernel/json.ts"
import type { Pred, Scalar, Step, Term, Var } from "./grammar.ts"

/** The variables that stand for an entity of the type a rule is written in: there, an attribute's short name will do. */
export type Holder = { readonly variables: readonly Var[]; readonly entity: string }

/** The ends of a reference that are of the type it is written in: its holder, and its target if it leads to that type only. */
export function endsWithin(owner: string, direction: Json | undefined, to: Json | undefined): Holder {
  const isWithin = Array.isArray(to) && to.length === 1 && to[0] === owner
  const own = direction === "reverse" ? "$child" : "$parent"
  return { variables: isWithin ? ["$parent", "$child"] : [own], entity: owner }
}

/** A predicate in which each step is written in full: `owner`, behind the holder, is `Entity/owner`. */
export function fullSteps(pred: Pred, holder: Holder): Pred {
  if (typeof pred === "boolean") return pred
  if ("and" in pred) return { ...pred, and: pred.and.map(p => fullSteps(p, holder)) }
  if ("or" in pred) return { ...pred, or: pred.or.map(p => fullSteps(p, holder)) }
  if ("not" in pred) return { ...pred, not: fullSteps(pred.not, holder) }
  if ("reaches" in pred) {
    const [from, path, to] = pred.reaches
    return { ...pred, reaches: [from, fullPath(from, path, holder), to] }
  }
  if ("exists" in pred) return { ...pred, exists: [pred.exists[0], fullPath(...pred.exists, holder)] }
  if ("in" in pred) return { ...pred, in: [fullTerm(pred.in[0], holder), pred.in[1]] }
  if ("eq" in pred) return { ...pred, eq: fullTerms(pred.eq, holder) }
  if ("lt" in pred) return { ...pred, lt: fullTerms(pred.lt, holder) }
  if ("lte" in pred) return { ...pred, lte: fullTerms(pred.lte, holder) }
  if ("gt" in pred) return { ...pred, gt: fullTerms(pred.gt, holder) }
  if ("gte" in pred) return { ...pred, gte: fullTerms(pred.gte, holder) }
  return pred
}

/** A step in full. Short names are allowed for the first step from the holder only: behind it, the entity is another. */
export function fullStep(step: Step, entity: string): Step {
  if (typeof step !== "string") return { ...step, star: fullStep(step.star, entity) }
  return step.includes("/") ? step : `${entity}/${step}`
}

function fullPath(from: Var, path: readonly Step[], holder: Holder): readonly Step[] {
  return holder.variables.includes(from)
    ? path.map((step, i) => (i === 0 ? fullStep(step, holder.entity) : step))
    : path
}

function fullTerms(terms: readonly [Term, Term], holder: Holder): readonly [Term, Term] {
  return [fullTerm(terms[0], holder), fullTerm(terms[1], holder)]
}

function fullTerm(term: Term, holder: Holder): Term {
  if (isScalar(term)) return term
  const [from, ...path] = term.path
  return { ...term, path: [from, ...fullPath(from, path, holder)] }
}

function isScalar(term: Term): term is Scalar {
  return typeof term !== "object"
}
