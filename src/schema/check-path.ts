import { isObject, type Json } from "../kernel/json.ts"
import { at } from "./faults.ts"
import type { Holder } from "./full-steps.ts"
import type { Var } from "./grammar.ts"
import type { Resolved } from "./resolve-type.ts"
import { asList, type Checking, type Part } from "./shape.ts"

/** Which variables a predicate may use, and in whose entity it is written. */
export type Scope = { readonly variables: readonly Var[]; readonly holder: Holder | null }

/** What a path ends at: attributes whose values are compared, or entities. */
export type Ends = readonly Resolved[]

/** Checks that a variable is one, and is there where it is used. */
export function checkVariable(variable: Part, path: string, { variables }: Scope, { faults }: Checking): void {
  if (!variables.includes(variable as Var)) faults.unknown(path, "variable", variable, variables)
}

/**
 * Checks a path from a variable on, step by step: each names an attribute, and all but the last are refs, since only
 * these lead anywhere. What reaches an entity ends at a ref as well.
 */
export function checkPath(
  path: Part,
  where: string,
  from: Part,
  end: "ref" | "any",
  scope: Scope,
  checking: Checking,
): Ends {
  const steps = asList(path, "A path, the steps from one entity to others,", where, checking.faults)
  if (steps?.length === 0) checking.faults.add(where, "empty", "A path has at least one step")
  return checkSteps(steps ?? [], i => at(where, i), from, end, scope, checking)
}

/** The same for the steps of a path term, which stand behind the variable in one list. */
export function checkSteps(
  steps: readonly Json[],
  place: (i: number) => string,
  from: Part,
  end: "ref" | "any",
  scope: Scope,
  checking: Checking,
): Ends {
  let ends: Ends = []
  steps.forEach((step, i) => {
    const isWithin = i === 0 && scope.holder?.variables.includes(from as Var) === true
    const entity = isWithin ? scope.holder.entity : null
    const mustLead = i < steps.length - 1 || end === "ref"
    ends = checkStep(step, place(i), entity, mustLead, checking)
  })
  return ends
}

function checkStep(step: Json, path: string, entity: string | null, mustLead: boolean, checking: Checking): Ends {
  const { catalog, faults } = checking
  if (isObject(step) && "star" in step) {
    checkStep(step["star"] ?? null, at(path, "star"), entity, true, checking)
    return []
  }
  if (typeof step !== "string") {
    faults.add(path, "type", 'A step is "Entity/attr", "Entity/_attr" or {"star": step}')
    return []
  }
  if (step.startsWith("@")) {
    faults.add(path, "stratified", `A predicate asks about attributes only, not about ${step}`)
    return []
  }
  const full = step.includes("/") || entity === null ? step : `${entity}/${step}`
  const backwards = full.includes("/_")
  const found = catalog.attributes(full.replace("/_", "/"))
  if (found.length === 0) unknownStep(step, full, path, checking)
  // A type that is not known was said to be where the attribute is.
  else if ((mustLead || backwards) && found.every(({ base }) => base !== null && base !== "ref")) {
    faults.add(path, "not-a-ref", `${full.replace("/_", "/")} is no ref, so a path ends there`)
  }
  return backwards ? [] : found
}

function unknownStep(step: string, full: string, path: string, { catalog, faults }: Checking): void {
  const [entity = "", attribute] = full.split("/")
  if (attribute === undefined) {
    faults.add(
      path,
      "unknown-attribute",
      `There is no attribute ${JSON.stringify(step)} here: write it in full, "Entity/attr"`,
    )
  } else if (catalog.typesOf(entity).length === 0) faults.unknown(path, "entity", entity, catalog.entityNames)
  else faults.unknown(path, "attribute", attribute.replace(/^_/, ""), catalog.attributeNames(entity), entity)
}
