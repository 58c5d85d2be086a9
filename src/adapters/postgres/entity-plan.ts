import { assert } from "../../kernel/refusal.ts"
import type { EntityChange, TimerChange, TransactionWrite, ValueChange } from "../../ports/write.ts"
import { entityOf, type Known } from "./check.ts"
import type { Memory } from "./memory.ts"
import type { LogRows } from "./rows.ts"
import { places } from "../sql/places.ts"
import { claimOf, valueText } from "./values.ts"

/** A stretch in which an entity has a value; its `until` is filled in if it ends within the batch. */
type Stretch = {
  readonly at: number
  until: number | null
  readonly entity: number
  readonly attribute: number
  readonly value: string
}

/** Gathers what a batch makes of entities, their values and the timers. */
export function entityPlan(known: Known, log: LogRows) {
  const values = valuePlan(known, log)
  const timers = new Map<string, TimerChange>()
  const rested = new Map<number, number>()

  /** Notes that an entity's stream has grown, or that it is another. */
  function touch(id: string): number {
    const entity = entityOf(known, id)
    assert(entity !== null, `${id} is replaced, but was never there`)
    entity.changed = true
    return entity.key
  }

  function change(changes: readonly EntityChange[], place: number): void {
    changes.forEach(({ id, document, values: changed }, n) => {
      const key = touch(id)
      const entity = entityOf(known, id)!
      if (document !== null) entity.created ??= place
      log.dPlace.push(place * places + n)
      log.dEntity.push(key)
      log.dDocument.push(document === null ? null : JSON.stringify(document))
      values.change(changed, key, place)
    })
  }

  /** Notes what a decision rests on: it must still be so if others have committed since. */
  function rest(reads: TransactionWrite["reads"]): void {
    for (const { id } of reads) {
      const before = known.seen.entities.get(id)
      if (before === undefined) log.freeId.push(id)
      else rested.set(before.key, before.version)
    }
  }

  /** Notes that nobody else may have come to point at what goes, or to have what was looked for. */
  function cutOff({ unreferenced = [], sought }: TransactionWrite): void {
    for (const { attribute, id } of unreferenced) values.claim(known.names.keyOf(attribute), valueText(id))
    for (const { attribute, value } of sought?.values ?? []) {
      values.claim(known.names.keyOf(attribute), valueText(value))
    }
  }

  function finish(): void {
    for (const [id, entity] of known.entities) {
      if (!entity.changed) continue
      if (entity.before !== null) rested.set(entity.key, entity.before)
      addEntity(log, id, entity)
    }
    for (const [key, version] of rested) {
      log.readEntity.push(key)
      log.readVersion.push(version)
    }
    values.finish()
    for (const timer of timers.values()) setTimer(timer, log)
  }

  const remember = ({ t }: { t: number }, memory: Memory) => rememberEntities(known, t, memory)

  return { touch, change, rest, cutOff, time: (timer: TimerChange) => timers.set(timer.id, timer), finish, remember }
}

/** Notes the entities as they are now. */
function rememberEntities({ seen, entities }: Known, t: number, memory: Memory): void {
  for (const [id, entity] of seen.entities) {
    if (entities.get(id)?.changed !== true) memory.entity(id, entity)
  }
  for (const [id, { key, type, version, created, changed }] of entities) {
    if (!changed) continue
    const before = seen.entities.get(id)?.createdT ?? null
    memory.entity(id, { key, type, version, createdT: created === null ? null : (before ?? t + created) })
  }
}

function setTimer({ id, due, payload }: TimerChange, log: LogRows): void {
  if (due === null) {
    log.timerGone.push(id)
    return
  }
  log.timerId.push(id)
  log.timerDue.push(due)
  log.timerPayload.push(JSON.stringify(payload))
}

function valuePlan(known: Known, log: LogRows) {
  const stretches: Stretch[] = []
  const open = new Map<string, Stretch>()
  const claimed = new Map<string, { attribute: number; value: string }>()

  function change(changes: readonly ValueChange[], entity: number, place: number): void {
    for (const gone of changes) if (!gone.added) end(gone, entity, place)
    for (const come of changes) if (come.added) begin(come, entity, place)
  }

  function end(change: ValueChange, entity: number, place: number): void {
    const attribute = known.names.keyOf(change.attribute)
    const value = valueText(change.value)
    const claim = claimOf(attribute, value)
    const stretch = open.get(`${entity} ${claim}`)
    if (stretch !== undefined) stretch.until = place
    open.delete(`${entity} ${claim}`)
    known.holders.get(claim)?.delete(entity)
    // Also where it began in this batch: an attribute that was looked up before, and then not, may have left a row.
    log.endedAt.push(place)
    log.endedEntity.push(entity)
    log.endedAttribute.push(attribute)
    log.endedValue.push(value)
  }

  function begin(change: ValueChange, entity: number, place: number): void {
    const attribute = known.names.keyOf(change.attribute)
    const value = valueText(change.value)
    const claim = claimOf(attribute, value)
    if (change.unique) claimed.set(claim, { attribute, value })
    known.holders.get(claim)?.add(entity)
    if (open.has(`${entity} ${claim}`)) return
    const stretch = { at: place, until: null, entity, attribute, value }
    open.set(`${entity} ${claim}`, stretch)
    stretches.push(stretch)
  }

  function finish(): void {
    for (const { at, until, entity, attribute, value } of stretches) {
      log.begunAt.push(at)
      log.begunUntil.push(until)
      log.begunEntity.push(entity)
      log.begunAttribute.push(attribute)
      log.begunValue.push(value)
    }
    for (const { attribute, value } of claimed.values()) {
      log.claimedAttribute.push(attribute)
      log.claimedValue.push(value)
    }
  }

  const claim = (attribute: number, value: string) => claimed.set(claimOf(attribute, value), { attribute, value })

  return { change, claim, finish }
}

function addEntity(log: LogRows, id: string, entity: NonNullable<ReturnType<typeof entityOf>>): void {
  log.eKey.push(entity.key)
  // What is there has it.
  log.eId.push(entity.before === null ? id : null)
  log.eType.push(entity.type)
  log.eCreated.push(entity.created === 0 ? null : entity.created)
  log.eBefore.push(entity.before)
  log.eVersion.push(entity.version)
}
