import type { Groups } from "../schema/grammar.ts"
import { GroupSets, type GroupSet } from "./group-sets.ts"
import { ownPermissions, type Rules } from "./rules.ts"

/**
 * What somebody is to an entity: its type and their groups on it. All that may be asked about rights follows from these
 * two, so entities of one type with the same groups share one standing, and what was asked once is remembered in it.
 */
export type Standing = {
  readonly type: string
  readonly set: GroupSet
  /** In alphabetical order. */
  readonly groups: readonly string[]
  /** By permission, or permission and attribute. */
  readonly verdicts: Map<string, boolean>
  /** By permission, the short names of the attributes it holds for. */
  readonly attributes: Map<string, ReadonlySet<string>>
}

/** What some permissions fall back to where no rule is about them. */
const fallbacks: Readonly<Record<string, string>> = { create: "write", retract: "write", share: "write" }

/** A permission, and the one in whose place it stands, if any. */
export function permissionChain(permission: string): readonly string[] {
  const fallback = Object.hasOwn(fallbacks, permission) ? fallbacks[permission] : undefined
  return fallback === undefined ? [permission] : [permission, fallback]
}

/** Standings, each kept once, and what follows from them. */
export class Standings {
  readonly rules: Rules
  readonly sets = new GroupSets()
  readonly #known = new Map<string, Standing[]>()

  constructor(rules: Rules) {
    this.rules = rules
  }

  of(type: string, set: GroupSet): Standing {
    let known = this.#known.get(type)
    if (known === undefined) this.#known.set(type, (known = []))
    return (known[set] ??= {
      type,
      set,
      groups: this.sets.members(set).map(group => this.rules.groups[group]!),
      verdicts: new Map(),
      attributes: new Map(),
    })
  }

  /**
   * Whether it allows something to the entity, or, by its full name, to an attribute of it: then by the attribute's own
   * rule, where it has one. Nobody reads an attribute of what they may not read.
   */
  allows(standing: Standing, permission: string, attribute?: string): boolean {
    const key = attribute === undefined ? permission : `${permission} ${attribute}`
    const known = standing.verdicts.get(key)
    if (known !== undefined) return known
    const verdict = this.#judge(standing, permission, attribute)
    standing.verdicts.set(key, verdict)
    return verdict
  }

  #judge(standing: Standing, permission: string, attribute?: string): boolean {
    const entity = this.rules.types.get(standing.type)?.entity
    if (entity === undefined) return false
    const expression = expressionFor(permission, entity.permissions)
    if (attribute === undefined) return expression !== undefined && isMember(standing.groups, expression)
    const [owner, name = ""] = attribute.split("/")
    const own = entity.attributes[name]
    if (own === undefined || (owner !== entity.name && owner !== entity.abstract)) return false
    if (permission === "read" && !this.allows(standing, permission)) return false
    const rule = expressionFor(permission, ownPermissions(own)) ?? expression
    return rule !== undefined && isMember(standing.groups, rule)
  }

  /** The permissions that the entity's rules name and the groups have, in alphabetical order. */
  permissions(standing: Standing): readonly string[] {
    const named = Object.keys(this.rules.types.get(standing.type)?.entity.permissions ?? {})
    return named.filter(permission => this.allows(standing, permission)).sort()
  }

  /** The short names of the attributes that a permission holds for. */
  attributes(standing: Standing, permission: string): ReadonlySet<string> {
    const known = standing.attributes.get(permission)
    if (known !== undefined) return known
    const all = Object.keys(this.rules.types.get(standing.type)?.entity.attributes ?? {})
    const found = new Set(all.filter(name => this.allows(standing, permission, `${standing.type}/${name}`)))
    standing.attributes.set(permission, found)
    return found
  }
}

/** The rule about a permission, or about the one that it falls back to. */
export function expressionFor(permission: string, rules: Readonly<Record<string, Groups>>): Groups | undefined {
  const ruled = permissionChain(permission).find(name => Object.hasOwn(rules, name))
  return ruled === undefined ? undefined : rules[ruled]
}

/** Whether somebody with some groups is meant by an expression. */
export function isMember(groups: readonly string[], expression: Groups): boolean {
  if (typeof expression === "string") return groups.includes(expression)
  if ("not" in expression) return !isMember(groups, expression.not)
  if ("all" in expression) return expression.all.every(part => isMember(groups, part))
  return expression.some(part => isMember(groups, part))
}
