import type { ChangeKind, Document } from "../kernel/entity.ts"
import { sameJson } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { Refusal, type Fault } from "../kernel/refusal.ts"
import type { EntityChange, NewEvent, ValueChange } from "../ports/write.ts"
import { anonymous, system } from "../security/security.ts"
import { CodeError } from "./code-error.ts"
import type { LiveHead } from "./heads.ts"
import { checkNewFiles, noteNewFiles, type NewFile } from "./new-files.ts"
import type { Routes } from "./routes.ts"
import type { Touched } from "./touched.ts"
import { valueChanges } from "./values.ts"
import type { EntityType } from "../schema/types.ts"
import type { Deciding, Need, Scalar } from "./deciding.ts"
import type { Sight } from "./sight.ts"

type Checking = {
  readonly touched: ReadonlyMap<string, Touched>
  readonly sight: Sight
  readonly routes: Routes
  readonly rest: (head: LiveHead) => void
  readonly faults: Fault[]
  /** Where the unit would leave a hidden entity without what it must have. */
  readonly unseen: string[]
  /** Who has claimed a unique value in this very unit. */
  readonly claimed: Map<string, string>
  readonly files: NewFile[]
}

/** An entity that a unit makes another. */
type Changed = {
  readonly one: Touched
  readonly kind: ChangeKind
  readonly entityType: EntityType
  readonly values: readonly ValueChange[]
}

/**
 * Checks the entities that a unit of work has touched, against the schema and against the store, and says of each last
 * event what its transaction comes to for the entity. Refuses with everything that is wrong.
 */
export function* settleEntities(
  touched: ReadonlyMap<string, Touched>,
  events: readonly (NewEvent & { kind: ChangeKind | null })[],
  sight: Sight,
  routes: Routes,
  rest: (head: LiveHead) => void,
): Deciding<{ changes: readonly EntityChange[]; files: readonly string[] }> {
  const checking: Checking = { touched, sight, routes, rest, faults: [], unseen: [], claimed: new Map(), files: [] }
  const changed: Changed[] = []
  for (const one of touched.values()) {
    const change = changedFrom(one, routes)
    if (change !== null) changed.push(change)
  }
  const { heads, holders } = neededBy(changed, checking)
  if (heads.length + holders.length > 0) yield { heads: heads.slice(0, limits.headsAtOnceMax), holders }
  // More would not all be kept until they are looked at.
  const isAtHand = heads.length <= limits.headsAtOnceMax
  const changes: EntityChange[] = []
  for (const { one, kind, entityType, values } of changed) {
    if (kind === "created") refuseName(one, checking.faults)
    events[one.last]!.kind = kind
    validate(one, entityType, checking)
    for (const value of values) {
      if (!value.added) continue
      if (value.ref && !isAtHand) yield { heads: [String(value.value)] }
      checkValue(value, one, checking)
    }
    const { before, type, document } = one
    changes.push({ id: before.id, type, document, replaces: before.document !== null, values })
  }
  const { files, unseen } = checking
  // What needs it is not told of: neither what it is, nor by what, nor how many. What is wrong besides is enough.
  if (unseen.length > 0 && checking.faults.length === 0) {
    checking.faults.push({ path: unseen[0]!, code: "required", message: "is needed by what points at it" })
  }
  if (files.length > 0) yield* checkNewFiles(files, sight, checking.faults)
  const [first] = checking.faults
  if (first === undefined) return { changes, files: files.map(({ value }) => value.file) }
  const sentence = `What would come of it is against the schema: ${first.path} ${first.message}`
  throw new Refusal("invalid", sentence, {}, checking.faults)
}

/** What a unit makes of an entity; null: it stays as it was. */
function changedFrom(one: Touched, { schema }: Routes): Changed | null {
  const { before, type, document } = one
  const kind = changeKind(before.document, document)
  if (kind === null) return null
  const entityType = schema.entities.get(type)
  if (entityType === undefined) throw new CodeError(`The schema knows no entity ${type}`)
  return { one, kind, entityType, values: valueChanges(entityType, before.document, document) }
}

/** All that the new values are checked against, to be asked for at once: a store may be far away. */
function neededBy(
  changed: readonly Changed[],
  { touched, sight }: Checking,
): Required<Pick<Need, "heads" | "holders">> {
  const heads: string[] = []
  const holders: (readonly [string, Scalar])[] = []
  for (const { values } of changed) {
    for (const { attribute, value, ref, unique, added } of values) {
      if (!added) continue
      const target = ref ? String(value) : null
      if (target !== null && (!touched.has(target) || sight.isHidden(target))) heads.push(target)
      if (unique) holders.push([attribute, value])
    }
  }
  return { heads: heads.length < 2 ? heads : [...new Set(heads)], holders }
}

function validate(touched: Touched, entityType: EntityType, { sight, faults, unseen, files }: Checking): void {
  const { before, document, placeOf } = touched
  for (const fault of document === null ? [] : entityType.validate(document)) {
    const path = placeOf === undefined ? fault.path : placeOf(fault.path)
    if (sight.isHidden(before.id)) unseen.push(path.startsWith("/data/") ? path : "")
    else faults.push(path === fault.path ? fault : { ...fault, path })
  }
  if (entityType.files.length > 0) noteNewFiles(files, entityType, touched)
}

// Whoever could be an entity called so would be taken for who may do everything, or for nobody.
function refuseName({ before, placeOf }: Touched, faults: Fault[]): void {
  if (before.id !== system && before.id !== anonymous) return
  const path = placeOf === undefined ? "/target/id" : placeOf("")
  faults.push({ path, code: "id", message: `would make the entity ${before.id}, which is no entity's name` })
}

function checkValue(change: ValueChange, holder: Touched, checking: Checking): void {
  const { attribute, value, ref, unique } = change
  if (ref) checkRef(attribute, String(value), holder, checking)
  if (!unique) return
  const { sight, claimed } = checking
  const { id } = holder.before
  const key = JSON.stringify([attribute, value])
  // A holder that this very unit takes the value from, or retracts, does not stand in the way.
  const isTaken = (other: string) => other !== id && !gaveUp(checking.touched.get(other), attribute, value)
  if (claimed.has(key) || [...sight.holders(attribute, value)].some(isTaken)) {
    const message = `${attribute} must be unique, and this value is taken`
    throw new Refusal("conflict", message, { attribute }, [
      { path: placeIn(holder, attribute), code: "unique", message },
    ])
  }
  claimed.set(key, id)
}

function gaveUp(holder: Touched | undefined, attribute: string, value: ValueChange["value"]): boolean {
  if (holder === undefined) return false
  const now = holder.document?.[shortName(attribute)]
  return !(Array.isArray(now) ? now.includes(value) : now === value)
}

function checkRef(attribute: string, id: string, holder: Touched, checking: Checking): void {
  const { touched, sight, routes, rest, faults } = checking
  // What goes or changes with another is not there for who may not see it, though it is touched.
  const own = sight.isHidden(id) ? undefined : touched.get(id)
  const { type, document } = own ?? sight.head(id)
  // The variant's own list: what its family may point at together may be more.
  const allowed = routes.schema.entities.get(holder.type)?.attributes.get(shortName(attribute))?.to ?? []
  const wrong = (message: string) =>
    faults.push({ path: placeIn(holder, attribute), code: "ref", message: `${attribute} ${message}` })
  if (document === null) wrong(`points at ${id}, which is not there`)
  else if (allowed.length > 0 && !allowed.includes(type))
    wrong(`points at a ${type}; it may point at ${allowed.join(", ")}`)
  // The target may not go away between this check and the commit.
  if (own === undefined) rest(sight.wholeHead(id))
}

function placeIn({ placeOf }: Touched, attribute: string): string {
  const path = `/${shortName(attribute)}`
  return placeOf === undefined ? path : placeOf(path)
}

function shortName(attribute: string): string {
  return attribute.slice(attribute.lastIndexOf("/") + 1)
}

function changeKind(before: Document | null, after: Document | null): ChangeKind | null {
  if (before === after) return null
  if (before === null) return "created"
  if (after === null) return "retracted"
  return sameJson(before, after) ? null : "changed"
}
