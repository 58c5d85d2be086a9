import type { RightsAnswer, RightsItem } from "../daybook.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import type { QueryAsker } from "../kernel/named-query.ts"
import { Refusal } from "../kernel/refusal.ts"
import { finish, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Store } from "../ports/store.ts"
import { Newest } from "../queries/newest.ts"
import type { Queries } from "../queries/queries.ts"
import { explain } from "../security/explain.ts"
import type { Rights } from "../security/rights.ts"
import type { Security } from "../security/security.ts"
import { anonymous, system } from "../security/security.ts"

type Parts = { readonly store: Store; readonly security: Security; readonly queries: Queries }

/** Answers questions about rights: who may what, and why. */
export class AboutRights {
  readonly #parts: Parts
  readonly #newest: Newest

  constructor(parts: Parts) {
    this.#parts = parts
    this.#newest = new Newest(parts.store)
  }

  async mustHold(permission: string, { principal }: QueryAsker, basis?: T): Promise<void> {
    const { store, security } = this.#parts
    if (await finish(security.as(principal, basis ?? (await store.basis())).holds(permission))) return
    throw new Refusal("forbidden", `This takes the permission ${permission}`, { permission })
  }

  async check(items: readonly RightsItem[], asker: QueryAsker): Promise<readonly RightsAnswer[]> {
    const most = limits.checksPerRequestMax
    if (items.length > most)
      throw new Refusal("too-large", `${items.length} questions at once; ${most} are taken`, { most })
    return this.#newest.at(basis => this.#check(items, asker, basis))
  }

  async #check(items: readonly RightsItem[], asker: QueryAsker, basis: T): Promise<readonly RightsAnswer[]> {
    const { security, queries } = this.#parts
    const subjects = await this.#principals(
      items.map(({ subject }) => subject),
      asker,
      basis,
    )
    const found = await queries.keysOf(
      items.map(({ entity }) => entity),
      basis,
      await this.#finder(asker, basis),
    )
    const keys = await this.#known(items, found, security.as(asker.principal, basis))
    const answers: RightsAnswer[] = []
    for (const [subject, places] of Map.groupBy(items.keys(), i => subjects[i]!)) {
      const asked = places.map(i => ({ permission: items[i]!.permission, key: keys[i]! }))
      const told = await finish(judged(security.as(subject, basis), asked))
      places.forEach((i, n) => (answers[i] = told[n]!))
    }
    return answers
  }

  // Whoever asks by a value does not learn from what is denied to nobody that somebody has it.
  async #known(items: readonly RightsItem[], found: readonly (EntityKey | null)[], to: Rights): Promise<typeof found> {
    const isByValue = (i: number) => Array.isArray(items[i]!.entity)
    const asked = found.filter((key, i) => key !== null && isByValue(i)) as readonly EntityKey[]
    if (asked.length === 0 || (await finish(to.holds("operate")))) return found
    const [reads, groups] = [await finish(to.allows(asked, "read")), await finish(to.groups(asked))]
    const unknown = new Set(asked.filter((_, i) => reads[i] !== true && groups[i]!.length === 0))
    return found.map((key, i) => (key !== null && isByValue(i) && unknown.has(key) ? null : key))
  }

  async explain(question: RightsItem & { readonly asOf?: T }, asker: QueryAsker): Promise<JsonObject> {
    const { store, security, queries } = this.#parts
    const { subject, entity, permission = "read", asOf } = question
    const basis = await store.basis()
    const [principal = anonymous] = await this.#principals([subject], asker, basis)
    const t = asOf === undefined ? basis : Math.min(asOf, basis)
    if (t < basis) await this.mustHold("audit", asker, basis)
    const [key = null] = await queries.keysOf([entity], t, await this.#finder(asker, basis))
    const to = security.as(asker.principal, basis)
    if (key === null || !(await this.#mayKnow(key, to, security.as(principal, t)))) return unknown
    return finish(explain(security.as(principal, t), key, { permission, to })) as Promise<JsonObject>
  }

  // Who operates finds everything by its values; anybody else, by those that they may read.
  async #finder(asker: QueryAsker, basis: T): Promise<QueryAsker> {
    const operates = await finish(this.#parts.security.as(asker.principal, basis).holds("operate"))
    return operates ? { principal: system } : asker
  }

  // That an entity is there is told to who may read it, who has something to do with it, and who operates.
  async #mayKnow(key: EntityKey, to: Rights, rights: Rights): Promise<boolean> {
    const [reads] = await finish(to.allows([key], "read"))
    const [groups = []] = await finish(rights.groups([key]))
    return reads === true || groups.length > 0 || finish(to.holds("operate"))
  }

  /** Who the subjects are. Whoever asks about somebody else must be allowed to. */
  async #principals(subjects: readonly Json[], asker: QueryAsker, t: T): Promise<readonly string[]> {
    const { store, queries } = this.#parts
    const told = subjects.map(subject => (typeof subject === "string" ? subject : null))
    const lookups = subjects.flatMap((subject, i) => (Array.isArray(subject) ? [i] : []))
    if (lookups.length > 0 || told.some(subject => (subject ?? anonymous) !== asker.principal)) {
      await this.mustHold("operate", asker, t)
    }
    if (lookups.length === 0) return told.map(subject => subject ?? anonymous)
    const keys = await queries.keysOf(
      lookups.map(i => subjects[i]!),
      t,
      await this.#finder(asker, t),
    )
    for (const [n, i] of lookups.entries()) {
      const key = keys[n] ?? null
      if (key !== null) told[i] = (await store.facts.ids([key]))[0]!
    }
    return told.map(subject => subject ?? anonymous)
  }
}

const unknown: JsonObject = {
  allowed: false,
  groups: [],
  permissions: [],
  paths: [],
  missing: ["There is no such entity, or none that you may read"],
}

type Asked = { readonly permission: string | undefined; readonly key: EntityKey | null }

function* judged(rights: Rights, asked: readonly Asked[]): Steps<readonly RightsAnswer[]> {
  const keys = [...new Set(asked.flatMap(({ key }) => key ?? []))]
  const [groups, permissions] = [yield* rights.groups(keys), yield* rights.permissions(keys)]
  const placeOf = new Map(keys.map((key, i) => [key, i]))
  const allowed = new Map<string, ReadonlySet<EntityKey>>()
  for (const permission of new Set(asked.flatMap(item => item.permission ?? []))) {
    const of = yield* rights.allows(keys, permission)
    allowed.set(permission, new Set(keys.filter((_, i) => of[i])))
  }
  return asked.map(({ key, permission }) => {
    const place = key === null ? undefined : placeOf.get(key)
    const held =
      place === undefined
        ? { groups: [], permissions: [] }
        : { groups: groups[place]!, permissions: permissions[place]! }
    return permission === undefined ? held : { allowed: key !== null && allowed.get(permission)!.has(key), ...held }
  })
}
