import { isObject, type Json } from "../kernel/json.ts"
import { checkSteps, checkVariable, type Ends, type Scope } from "./check-path.ts"
import { enumValues } from "./check-enum.ts"
import { at } from "./faults.ts"
import type { BaseType } from "./grammar.ts"
import { asList, type Checking } from "./shape.ts"
import { valueTypes } from "./value-types.ts"

/** Checks the two sides of a comparison, and that they can be equal at all. */
export function checkTerms(pair: readonly Json[], path: string, scope: Scope, checking: Checking): void {
  const [left = null, right = null] = pair
  const [ends, others] = [0, 1].map(i => (isObject(pair[i]) ? checkTerm(pair[i]!, at(path, i), scope, checking) : []))
  if (!isObject(left)) checkValue(left, at(path, 0), others!, checking)
  if (!isObject(right)) checkValue(right, at(path, 1), ends!, checking)
  const [a, b] = [typesOf(ends!), typesOf(others!)]
  if (a.size > 0 && b.size > 0 && ![...a].some(type => b.has(type))) {
    checking.faults.add(path, "types", `A ${[...a].join(" or ")} is never equal to a ${[...b].join(" or ")}`)
  }
}

/** Checks a term, and says what attributes its values are of; empty: it is a value itself. */
export function checkTerm(term: Json, path: string, scope: Scope, checking: Checking): Ends {
  const { faults } = checking
  if (!isObject(term)) {
    checkValue(term, path, [], checking)
    return []
  }
  if (!("path" in term)) {
    faults.add(path, "term", 'A term is a value, or {"path": [variable, step, …]}')
    return []
  }
  const where = at(path, "path")
  const [from, ...steps] = asList(term["path"], "path, a variable and the steps from it,", where, faults) ?? []
  checkVariable(from, at(where, 0), scope, checking)
  if (steps.length === 0) faults.add(where, "empty", "A path has at least one step")
  const ends = checkSteps(steps, i => at(where, i + 1), from, "any", scope, checking)
  for (const type of typesOf(ends)) {
    if (type === "json" || type === "file")
      faults.add(where, "not-compared", `A value of type ${type} cannot be compared`)
  }
  return ends
}

/** Checks a value that is compared: one that is a string, a number, true or false, and of the other side's type. */
export function checkValue(value: Json, path: string, ends: Ends, { catalog, faults }: Checking): void {
  if (value === null || typeof value === "object") {
    return faults.add(
      path,
      "type",
      "What is compared is a string, a number, true or false; a missing value equals nothing",
    )
  }
  const known = ends.filter(end => end.base !== null)
  const refused = known.filter(({ base, definition }) => {
    if (base === "enum") return !Object.hasOwn(enumValues(definition, catalog), String(value))
    return !valueTypes[base!].is(value)
  })
  if (known.length === 0 || refused.length < known.length) return
  const [{ base, definition }] = refused as [Ends[number]]
  const expected =
    base === "enum" ? `one of ${Object.keys(enumValues(definition, catalog)).join(", ")}` : valueTypes[base!].noun
  faults.add(path, "value", `${JSON.stringify(value)} is compared with what is always ${expected}`)
}

function typesOf(ends: Ends): ReadonlySet<BaseType> {
  return new Set(ends.flatMap(({ base }) => base ?? []))
}
