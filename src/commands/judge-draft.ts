import type { Document } from "../kernel/entity.ts"
import type { Json } from "../kernel/json.ts"
import { Refusal, type Fault } from "../kernel/refusal.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { Propagate } from "../schema/grammar.ts"
import type { Deciding } from "./deciding.ts"
import type { Draft, Drafted } from "./draft.ts"
import type { Judge, Question } from "./judge.ts"
import { fault, missing } from "./ops.ts"
import type { Laid } from "./overlay.ts"
import type { LiveHead } from "./heads.ts"
import type { Sight } from "./sight.ts"

/** A question with the place of the command that raises it. */
type Asking = Question & { readonly path: string; readonly of: Drafted }

/**
 * Judges what the ops of a `Transact` come to. What is there already is judged as it is before the transaction, what is
 * new where it ends up with it: so nobody gives themselves a right and uses it at once. Asked is about all that ops say,
 * also where nothing comes of it: else who may not read a value could try what it is.
 */
export function* judgeDraft(draft: Draft, sight: Sight, judge: Judge): Deciding<void> {
  const touched = draft.touched()
  const old = touched.filter(({ head }) => head.document !== null)
  const asking = [...old.flatMap(one => changing(one, draft.schema)), ...(yield* sharing(touched, draft, sight))]
  const allowed = yield* judge.before(asking)
  const faults = asking.filter((_, i) => !allowed[i]).map(faultOf)
  if (faults.length > 0) throw forbidden(faults)
  yield* judgeNew(touched, draft, sight, judge)
}

/** What changing an entity that is there takes. */
function changing(drafted: Drafted, schema: CompiledSchema): Asking[] {
  const { head, namedAt, retractedAt, asked, compared } = drafted
  const ask = (permission: string, path: string, attribute?: string): Asking => ({
    id: head.id,
    permission,
    path,
    of: drafted,
    ...(attribute === undefined ? {} : { attribute: fullName(head.type, attribute, schema) }),
  })
  const asking = [...asked].map(([name, path]) => ask("write", path, name))
  for (const [name, path] of compared) asking.push(ask("read", path, name))
  if (retractedAt !== null) asking.push(ask("retract", retractedAt))
  // An op that names it and says nothing of it is still a wish to change it.
  if (namedAt !== null && asking.length === 0) asking.push(ask("write", namedAt))
  return asking
}

/** What it takes that groups come to flow to entities that are there: a new reference takes it as if its way were open. */
function* sharing(touched: readonly Drafted[], draft: Draft, sight: Sight): Deciding<readonly Asking[]> {
  const asking: Asking[] = []
  const targets: { readonly id: string; readonly path: string; readonly of: Drafted }[] = []
  for (const one of touched) {
    for (const [name, path] of one.asked) {
      const added = addedTargets(one, name)
      const directions = added.length === 0 ? [] : flowsOf(one.type, name, draft.schema).map(rule => rule.direction)
      if (directions.includes("reverse") && one.head.document !== null) {
        asking.push({ id: one.head.id, permission: "share", path, of: one })
      }
      if (directions.includes("forward")) targets.push(...added.map(id => ({ id, path, of: one })))
    }
  }
  if (targets.length > 0) yield { heads: targets.map(({ id }) => id) }
  for (const { id, path, of } of targets) {
    // What is not there, or not for who asks, is found missing when the references are checked.
    if (sight.head(id).document !== null) asking.push({ id, permission: "share", path, of })
  }
  return asking
}

/** Judges what is made: the entity and each attribute that ops say of it, as it is with the whole transaction. */
function* judgeNew(touched: readonly Drafted[], draft: Draft, sight: Sight, judge: Judge): Deciding<void> {
  const made = touched.filter(({ head, document }) => head.document === null && document !== null)
  if (made.length === 0) return
  const asking = made.flatMap(one => creating(one, draft.schema))
  const hidden = made.filter(({ head }) => sight.isHidden(head.id))
  const entities = new Map<string, Laid>(
    touched.toReversed().map(({ head, type, document }) => [head.id, { type, document }]),
  )
  withoutOwnWord(entities, sight, judge, draft.schema)
  const layer = { entities, fresh: new Set(hidden.map(({ head }) => head.id)) }
  const allowed = yield* judge.after(asking, layer)
  const denied = asking.filter((_, i) => !allowed[i])
  if (denied.length > 0) {
    const reads = yield* judge.after(
      denied.map(({ id }) => ({ id, permission: "read" })),
      layer,
    )
    const i = denied.findIndex(({ id }, at) => reads[at] !== true && !draft.isTemp(id))
    throw i < 0 ? forbidden(denied.map(faultOf)) : notHere(denied[i]!.of)
  }
  const [taken] = hidden
  if (taken !== undefined) throw idTaken(taken.head.id, namedPath(taken))
  for (const one of made) {
    if (!(yield* mayRevive(one.head, draft.schema, judge))) throw idTaken(one.head.id, namedPath(one))
  }
}

/**
 * Whoever comes to be with the very thing that is judged is somebody in it, but what they say of themselves does not count:
 * else they would give themselves the right to say it.
 */
export function withoutOwnWord(entities: Map<string, Laid>, sight: Sight, judge: Judge, schema: CompiledSchema): void {
  const own = entities.get(judge.actor)
  if (own === undefined || own.document === null || sight.wholeHead(judge.actor).document !== null) return
  entities.set(judge.actor, { type: own.type, document: schema.entities.get(own.type)?.initial ?? {} })
}

/**
 * Whether who asks may make anew what is no more. With an id comes all of its past, which is judged by the rights of
 * today: so it takes that they might have made it when it was last there, and read all of it.
 */
export function* mayRevive(head: LiveHead, schema: CompiledSchema, judge: Judge): Deciding<boolean> {
  if (head.version === 0) return true
  const attributes = [...(schema.entities.get(head.type)?.attributes.values() ?? [])]
  const reads = attributes
    .filter(({ sensitive }) => !sensitive)
    .map(({ fullName }) => ({ permission: "read", attribute: fullName }))
  return yield* judge.might(head.id, [{ permission: "create" }, ...reads])
}

function creating(drafted: Drafted, schema: CompiledSchema): Asking[] {
  const { head, type, asked, document } = drafted
  const own = { id: head.id, permission: "create", path: namedPath(drafted), of: drafted }
  const said = [...asked].filter(([name]) => document?.[name] !== undefined)
  return [own, ...said.map(([name, path]) => ({ ...own, path, attribute: fullName(type, name, schema) }))]
}

/** The refusal of what is named and not there, or not for who asks: the two read alike. */
function notHere(drafted: Drafted): Refusal {
  const path = namedPath(drafted)
  return missing(path, `There is no ${drafted.head.id} at ${path}, nor may you make it`)
}

/** The refusal of a new entity under an id that cannot be had. */
export function idTaken(id: string, path: string): Refusal {
  const message = `The id ${id} cannot be used`
  return new Refusal("conflict", message, { id }, [fault(path, "id", message)])
}

// Each is said once: how many parts a retraction would take along is not for those who may not see them.
function forbidden(all: readonly Fault[]): Refusal {
  const faults = [...new Map(all.map(one => [`${one.path} ${one.message}`, one])).values()]
  return new Refusal("forbidden", `Transact: ${faults[0]?.path} ${faults[0]?.message}`, {}, faults)
}

function faultOf({ path, permission, attribute }: Asking): Fault {
  const what = attribute === undefined ? "" : ` ${attribute}`
  return fault(path, "forbidden", `needs the permission ${permission}${what && ` on${what}`}`)
}

function namedPath({ namedAt, place }: Drafted): string {
  return namedAt ?? place
}

function fullName(type: string, attribute: string, schema: CompiledSchema): string {
  return schema.entities.get(type)?.attributes.get(attribute)?.fullName ?? `${type}/${attribute}`
}

function flowsOf(type: string, attribute: string, schema: CompiledSchema): readonly Propagate[] {
  return schema.expanded.entities[type]?.attributes[attribute]?.propagate ?? []
}

function addedTargets({ head, document }: Drafted, attribute: string): readonly string[] {
  const before = new Set(targetsIn(head.document, attribute))
  return targetsIn(document, attribute).filter(id => !before.has(id))
}

function targetsIn(document: Document | null, attribute: string): readonly string[] {
  const held: Json | undefined = document?.[attribute]
  const values: readonly (Json | undefined)[] = Array.isArray(held) ? held : [held]
  return values.filter(value => typeof value === "string")
}
