import type { ExpandedSchema } from "./expand.ts"
import type { Pred, Step, Term } from "./grammar.ts"

/** The full names, `Entity/attr` for each entity type, of every attribute that some rule of security reads. */
export function readSteps(schema: ExpandedSchema): ReadonlySet<string> {
  const steps = new Set<string>()
  for (const entity of Object.values(schema.entities)) {
    for (const rule of entity.assign) collect(rule.when, steps)
    for (const attribute of Object.values(entity.attributes)) {
      for (const rule of attribute.propagate) collect(rule.when, steps)
    }
  }
  const named = [...steps].flatMap(step => schema.attributes[step.replace("/_", "/")] ?? [])
  return new Set(named.map(attribute => `${attribute.entity}/${attribute.name}`))
}

function collect(pred: Pred, steps: Set<string>): void {
  if (typeof pred === "boolean") return
  if ("and" in pred) pred.and.forEach(p => collect(p, steps))
  else if ("or" in pred) pred.or.forEach(p => collect(p, steps))
  else if ("not" in pred) collect(pred.not, steps)
  else if ("reaches" in pred) pred.reaches[1].forEach(step => addStep(step, steps))
  else if ("exists" in pred) pred.exists[1].forEach(step => addStep(step, steps))
  else if ("in" in pred) addTerm(pred.in[0], steps)
  else if (!("is" in pred) && !("type" in pred))
    Object.values(pred).forEach(terms => terms.forEach(t => addTerm(t, steps)))
}

function addTerm(term: Term, steps: Set<string>): void {
  if (typeof term !== "object") return
  const [, ...path] = term.path
  path.forEach(step => addStep(step, steps))
}

function addStep(step: Step, steps: Set<string>): void {
  if (typeof step === "string") steps.add(step)
  else addStep(step.star, steps)
}
