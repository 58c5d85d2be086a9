import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey, FactStore } from "../ports/facts.ts"
import { allOf } from "./everything.ts"
import { Types, type Look } from "./look.ts"
import type { Ground } from "./resolve.ts"
import type { Rules } from "./rules.ts"
import { permissionChain, type Standing } from "./standing.ts"

/** What one principal may, at one moment. All is asked for many entities at once, and answered in their order. */
export interface Rights {
  readonly principal: string
  readonly t: T
  readonly rules: Rules
  readonly facts: FactStore
  /** Whether everything is allowed, without a question. */
  readonly isSystem: boolean

  /** The groups on each entity. */
  groups(keys: readonly EntityKey[]): Steps<readonly (readonly string[])[]>

  /** The permissions that the rules of each entity name, and that are held. */
  permissions(keys: readonly EntityKey[]): Steps<readonly (readonly string[])[]>

  /** Whether each entity, or an attribute of it by its full name, is permitted. */
  allows(keys: readonly EntityKey[], permission: string, attribute?: string): Steps<readonly boolean[]>

  /** The short names of the attributes of each entity that a permission holds for; `read` where none is said. */
  attributes(keys: readonly EntityKey[], permission?: string): Steps<readonly ReadonlySet<string>[]>

  /** All entities that are permitted, of all types or of one. Null: too many to tell. */
  members(permission: string, of?: { attribute?: string; type?: string }): Steps<readonly EntityKey[] | null>

  /** Whether a permission that is about no entity, such as `operate`, is held: on the entity that stands for who asks. */
  holds(permission: string): Steps<boolean>

  /** The attributes, by full name, that in some entity have a rule of their own about a permission. */
  guarded(permission: string): ReadonlySet<string>

  /** What is known without asking the store: whether an entity is permitted; undefined: it must be asked. */
  known(key: EntityKey, permission: string, attribute?: string): boolean | undefined

  /** Where and when an entity is looked at to judge it. Null: it never existed, or nobody looks. */
  lookAt(key: EntityKey): Steps<Place | null>

  /** Finds all entities with groups at once, so that single ones are cheap to ask about. False: there are too many. */
  prepare(): Steps<boolean>
}

/** What judging an entity rests on: the data of a moment, for one who asks. */
export type Place = { readonly ground: Ground; readonly look: Look }

/** The attributes that have rules of their own about a permission, or about the one that it falls back to. */
export function guardedIn(rules: Rules, permission: string): ReadonlySet<string> {
  return new Set(permissionChain(permission).flatMap(name => [...rules.guarded(name)]))
}

/** The rights of who may do everything. */
export function systemRights(rules: Rules, facts: FactStore, t: T): Rights {
  const typesOf = (keys: readonly EntityKey[]) => need(facts.types(keys, t))
  const entityOf = (type: string | null) => rules.types.get(type ?? "")?.entity
  return {
    principal: "system",
    t,
    rules,
    facts,
    isSystem: true,
    groups: keys => need(keys.map(() => [])),
    *permissions(keys) {
      return (yield* typesOf(keys)).map(type => Object.keys(entityOf(type)?.permissions ?? {}).sort())
    },
    allows: keys => need(keys.map(() => true)),
    *attributes(keys) {
      return (yield* typesOf(keys)).map(type => new Set(Object.keys(entityOf(type)?.attributes ?? {})))
    },
    *members(_permission, { type } = {}) {
      const look = { facts, t, security: null, types: new Types(), leading: new Map(), way: { steps: 0 } }
      const all: EntityKey[] = []
      for (const name of type === undefined ? rules.types.keys() : [type]) {
        all.push(...(yield* allOf(name, look)))
        if (all.length > limits.standingsAtOnceMax) return null
      }
      return all
    },
    holds: () => need(true),
    guarded: () => new Set(),
    known: () => true,
    lookAt: () => need(null),
    prepare: () => need(false),
  }
}

type Judged = Rights & { standings(keys: readonly EntityKey[]): Steps<readonly (Standing | null)[]> }

/**
 * The rights of somebody who looks back on rights themselves: on what they have `audit` on today, those of then; on
 * everything else, those of today.
 */
export function auditingRights(today: Judged, then: Judged): Rights {
  // For each entity, what is said of it by the rights that count for it.
  function* chosen<Said>(
    keys: readonly EntityKey[],
    ask: (rights: Judged, keys: readonly EntityKey[]) => Steps<readonly Said[]>,
  ): Steps<readonly Said[]> {
    const audits = yield* today.allows(keys, "audit")
    const [now, before] = [yield* ask(today, keys), yield* ask(then, keys)]
    return keys.map((_, i) => (audits[i] === true ? before[i]! : now[i]!))
  }
  const auditing: Rights = {
    principal: today.principal,
    t: today.t,
    rules: today.rules,
    facts: today.facts,
    isSystem: false,
    groups: keys => chosen(keys, (rights, some) => rights.groups(some)),
    permissions: keys => chosen(keys, (rights, some) => rights.permissions(some)),
    allows: (keys, permission, attribute) => chosen(keys, (rights, some) => rights.allows(some, permission, attribute)),
    attributes: (keys, permission) => chosen(keys, (rights, some) => rights.attributes(some, permission)),
    *members(permission, of) {
      const [now, before] = [yield* today.members(permission, of), yield* then.members(permission, of)]
      if (now === null || before === null) return null
      const all = [...new Set([...now, ...before])]
      const allowed = yield* auditing.allows(all, permission, of?.attribute)
      return all.filter((_, i) => allowed[i])
    },
    holds: permission => today.holds(permission),
    guarded: permission => today.guarded(permission),
    known: () => undefined,
    *lookAt(key) {
      const [audits] = yield* today.allows([key], "audit")
      return yield* (audits === true ? then : today).lookAt(key)
    },
    prepare: () => need(false),
  }
  return auditing
}
