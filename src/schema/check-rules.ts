import { isObject, type JsonObject } from "../kernel/json.ts"
import { checkGroup } from "./check-groups.ts"
import { checkPredicate } from "./check-predicate.ts"
import { at } from "./faults.ts"
import { endsWithin } from "./full-steps.ts"
import type { BaseType } from "./grammar.ts"
import { asList, asObject, items, type AttributePlace, type Checking, type Part } from "./shape.ts"

/** Checks the rules that give groups to entities by what they are themselves. */
export function checkAssign(holder: JsonObject, owner: string, path: string, checking: Checking): void {
  for (const { value, path: where } of items(
    holder,
    "assign",
    "assign, the rules that give groups,",
    path,
    checking.faults,
  )) {
    const rule = asObject(value, "A rule that gives a group", where, checking.faults)
    if (rule === null) continue
    checkGroup(rule["group"], at(where, "group"), checking)
    const scope = { variables: ["$self", "$security"], holder: { variables: ["$self"], entity: owner } } as const
    checkPredicate(rule["when"], at(where, "when"), scope, checking)
  }
}

/** Checks the rules that let groups flow along a reference. */
export function checkPropagation(
  attribute: JsonObject,
  base: BaseType,
  { path, owner, checking }: AttributePlace,
): void {
  const { faults } = checking
  const rules = items(attribute, "propagate", "propagate, the rules that let groups flow,", path, faults)
  if (rules.length > 0 && base !== "ref") {
    faults.add(at(path, "propagate"), "propagate", `Groups flow along refs only, not along a value of type ${base}`)
  }
  for (const { value, path: where } of rules) {
    const rule = asObject(value, "A rule that lets groups flow", where, faults)
    if (rule === null) continue
    const { direction } = rule
    if (direction !== "forward" && direction !== "reverse") {
      const sentence = 'Groups flow "forward", from the holder of the reference to its target, or "reverse"'
      faults.add(at(where, "direction"), "direction", sentence)
    }
    checkFlowing(rule["groups"], at(where, "groups"), checking)
    const holder = owner === null ? null : endsWithin(owner, direction, attribute["to"])
    const scope = { variables: ["$parent", "$child", "$security"], holder } as const
    checkPredicate(rule["when"], at(where, "when"), scope, checking)
  }
}

function checkFlowing(groups: Part, path: string, checking: Checking): void {
  if (groups === undefined) return
  if (isObject(groups)) {
    for (const [from, to] of Object.entries(groups)) {
      checkGroup(from, at(path, from), checking)
      checkGroup(to, at(path, from), checking)
    }
    return
  }
  const list =
    asList(groups, "groups, those that flow, or under which name on the far side,", path, checking.faults) ?? []
  list.forEach((group, i) => checkGroup(group, at(path, i), checking))
}
