import type { EntityKey } from "../ports/facts.ts"
import type { Groups } from "../schema/grammar.ts"
import { passed, type Paths } from "./paths.ts"
import type { Rules } from "./rules.ts"
import { expressionFor } from "./standing.ts"
import type { Survey } from "./survey.ts"

/** Says which groups a permission on an entity of a type takes. */
export function takes(rules: Rules, type: string, permission: string, groups: readonly string[]): readonly string[] {
  const expression = expressionFor(permission, rules.types.get(type)?.entity.permissions ?? {})
  if (expression === undefined) return [`No rule of ${type} lets anybody ${permission} it`]
  const held = groups.length === 0 ? "there is none" : `there is ${groups.join(", ")}`
  const excluded = groupsIn(expression, true).filter(group => groups.includes(group))
  return [
    `To ${permission} a ${type} takes ${inWords(expression)}; ${held}`,
    ...excluded.map(group => `${group} stands in the way`),
  ]
}

function inWords(expression: Groups): string {
  if (typeof expression === "string") return expression
  if ("not" in expression) return `not ${bracketed(expression.not)}`
  if ("all" in expression) return expression.all.map(bracketed).join(" and ") || "nothing"
  return expression.map(bracketed).join(" or ") || "a group that nobody has"
}

function bracketed(expression: Groups): string {
  return typeof expression === "string" ? expression : `(${inWords(expression)})`
}

// The groups that an expression asks for, or those that it asks not to be there.
function groupsIn(expression: Groups, isExcluded: boolean, isHere = false): readonly string[] {
  if (typeof expression === "string") return isHere === isExcluded ? [expression] : []
  if ("not" in expression) return groupsIn(expression.not, isExcluded, !isHere)
  const parts = "all" in expression ? expression.all : expression
  return [...new Set(parts.flatMap(part => groupsIn(part, isExcluded, isHere)))]
}

/**
 * The groups that would help: those that a permission asks for, and those that become one of them on some edge, or by
 * what they imply.
 */
export function helpful(rules: Rules, type: string, permission: string): ReadonlySet<number> {
  const expression = expressionFor(permission, rules.types.get(type)?.entity.permissions ?? {})
  const help = new Set((expression === undefined ? [] : groupsIn(expression, false)).map(g => rules.groups.indexOf(g)))
  const edges = rules.edges.flatMap(({ forward, reverse }) => [...forward.values(), ...reverse.values()].flat())
  const mappings = [...edges.map(rule => rule.passes), ...[...rules.types.values()].map(type => type.implies)]
  for (const one of help) {
    for (const mapping of mappings) for (const [from, to] of mapping?.to ?? []) if (to.includes(one)) help.add(from)
  }
  return help
}

/** What stood in the way of groups that would have come nearer: conditions that do not hold, and lists they are not on. */
export function obstacles(
  { open, shut }: Survey,
  paths: Paths,
  rules: Rules,
  help: ReadonlySet<number>,
  told: { readonly idOf: (key: EntityKey) => string; readonly isShown: (key: EntityKey) => boolean },
): readonly string[] {
  const sentences: string[] = []
  const names = (groups: readonly number[]) => groups.map(group => rules.groups[group]!).join(", ")
  const isShut = new Set(shut)
  for (const edge of [...shut, ...open]) {
    const { parent, child, rule } = edge
    if (!told.isShown(parent) || !told.isShown(child)) continue
    const had = paths.groups(child)
    const missed = [...paths.groups(parent)].filter(group => help.has(group) && !had.has(group))
    const step = `from ${told.idOf(parent)} to ${told.idOf(child)} along ${rule.attribute.fullName}`
    if (isShut.has(edge)) {
      const shutOut = missed.filter(group => passed(edge, group).some(next => !had.has(next)))
      if (shutOut.length > 0) sentences.push(`${names(shutOut)} does not flow ${step}: its condition does not hold`)
    } else if (rule.passes !== null) {
      const stopped = missed.filter(group => passed(edge, group).length === 0)
      if (stopped.length > 0) sentences.push(`${names(stopped)} does not flow ${step}: it is not let through`)
    }
  }
  return [...new Set(sentences)]
}
