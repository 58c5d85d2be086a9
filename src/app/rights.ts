import type { RightsAnswer, RightsItem } from "../daybook.ts"
import type { Json, JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import type { QueryAsker } from "../kernel/named-query.ts"
import { Refusal } from "../kernel/refusal.ts"
import { finish, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Store } from "../ports/store.ts"
import type { Queries } from "../queries/queries.ts"
import type { Security } from "../security/security.ts"
import { anonymous } from "../security/security.ts"

type Parts = { readonly store: Store; readonly security: Security; readonly queries: Queries }

/** Answers questions about rights: who may what, and why. */
export class AboutRights {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  async mustHold(permission: string, { principal }: QueryAsker): Promise<void> {
    const { store, security } = this.#parts
    if (await finish(security.as(principal, await store.basis()).holds(permission))) return
    throw new Refusal("forbidden", `This takes the permission ${permission}`, { permission })
  }

  async check(items: readonly RightsItem[], asker: QueryAsker): Promise<readonly RightsAnswer[]> {
    const { store, security, queries } = this.#parts
    const most = limits.checksPerRequestMax
    if (items.length > most)
      throw new Refusal("too-large", `${items.length} questions at once; ${most} are taken`, { most })
    if (items.some(({ subject }) => (subject ?? anonymous) !== asker.principal)) await this.mustHold("operate", asker)
    const basis = await store.basis()
    const keys = await queries.keysOf(
      items.map(({ entity }) => entity),
      basis,
    )
    const answers: RightsAnswer[] = []
    const bySubject = Map.groupBy(items.keys(), i => items[i]!.subject ?? anonymous)
    for (const [subject, places] of bySubject) {
      const rights = security.as(subject, basis)
      const told = await finish(
        judged(
          rights,
          [...places].map(i => ({ ...items[i]!, key: keys[i]! })),
        ),
      )
      places.forEach((i, n) => (answers[i] = told[n]!))
    }
    return answers
  }

  async explain(question: Explained, asker: QueryAsker): Promise<JsonObject> {
    const { store, security, queries } = this.#parts
    const { subject, entity, permission = "read", asOf } = question
    const principal = subject ?? anonymous
    if (principal !== asker.principal) await this.mustHold("operate", asker)
    const basis = await store.basis()
    const t = asOf === undefined ? basis : Math.min(asOf, basis)
    if (t < basis) await this.mustHold("audit", asker)
    const [key = null] = await queries.keysOf([entity], t)
    const item = { subject, entity, permission, key }
    const [told] = await finish(judged(security.as(principal, t), [item]))
    return { ...told, paths: [], missing: [] }
  }
}

type Explained = { subject: string | null; entity: Json; permission?: string; asOf?: T }

type Asked = RightsItem & { readonly key: EntityKey | null }

function* judged(rights: ReturnType<Security["as"]>, asked: readonly Asked[]): Steps<readonly RightsAnswer[]> {
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
