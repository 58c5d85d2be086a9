import { instant } from "../../kernel/clock.ts"
import { assert, unreachable } from "../../kernel/refusal.ts"
import { DropOuts } from "../../ports/drop-outs.ts"
import type { CommandTexts } from "../../ports/hash.ts"
import type { TransactionWrite, Write, WriteOutcome } from "../../ports/write.ts"
import { checkFence, checkTransaction, knownFrom, type Known } from "./check.ts"
import { commandPlan, textsOf } from "./command-plan.ts"
import { entityPlan } from "./entity-plan.ts"
import { projectionKey, type Seen } from "./look.ts"
import type { Memory } from "./memory.ts"
import type { Names } from "./names.ts"
import { emptyLogRows, emptySideRows, hashedTail, type LogRows, type MovedRows, type SideRows } from "./rows.ts"
import { sidePlan } from "./side-plan.ts"
import { codeOfKind } from "../sql/states.ts"
import { places } from "../sql/places.ts"

/** What is to be written of a batch, and what to answer when it is. */
export type Plan = {
  readonly log: LogRows
  /** Null: there is nothing but transactions. */
  readonly side: SideRows | null
  /** Null: no command goes to the archive or comes back. */
  readonly moved: MovedRows | null
  /** How many transactions. */
  readonly count: number
  /** Whether a transaction must have the very t that was seen to be next. */
  readonly exact: boolean
  /** Whether every write may be made, as far as is known. */
  readonly isWhole: boolean
  /** Notes what the batch has made, once it is there. */
  remember(before: { t: number }, memory: Memory): void
  /** The outcomes, once it is known after which t, and when that was recorded. */
  answer(before: { t: number; at: number }): WriteOutcome[]
}

/** What becomes of a write: known already, or with the batch's first t and instant. */
type Answer =
  WriteOutcome | { readonly kind: "place"; readonly place: number; readonly recordedMs: number | null | "none" }

type Parts = { readonly seen: Seen; readonly names: Names; readonly newKey: () => number; readonly ms: number }

/** Decides the writes of a batch, one after the other, on what was seen. */
export function planBatch(writes: readonly Write[], { seen, names, newKey, ms }: Parts): Plan {
  const known = knownFrom(seen, names, newKey)
  const log = emptyLogRows()
  const transactions = transactionPlan(known, log)
  const side = sidePlan(emptySideRows())
  let hasSide = false

  function decide(write: Write): Answer {
    const fence = write.kind === "refusal" ? undefined : write.fence
    const stale = checkFence(fence, seen)
    if (stale !== null) return stale
    if (fence !== undefined) {
      log.leaseName.push(fence.name)
      log.leaseEpoch.push(fence.epoch)
    }
    if (write.kind === "transaction") return transactions.add(write)
    hasSide = true
    switch (write.kind) {
      case "refusal":
        side.refuse(write)
        break
      case "deliveries":
        side.deliver(write)
        break
      case "projection":
        side.fold(write, seen.projections.get(projectionKey(write.name, write.version)))
        break
      default:
        unreachable(write)
    }
    return { kind: "place", place: transactions.count(), recordedMs: "none" }
  }

  const dropped = new DropOuts()
  const planned = writes.map(write => {
    const answer = dropped.objection(write) ?? decide(write)
    if (answer.kind !== "place") dropped.note(write, answer)
    return answer
  })
  transactions.finish()
  return {
    log,
    side: hasSide ? side.finish() : null,
    moved: movedBy(writes),
    count: transactions.count(),
    exact: writes.some(write => write.kind === "transaction" && restsOnPlace(write, seen.t)),
    isWhole: planned.every(answer => answer.kind === "place"),
    remember(before, memory) {
      transactions.commands.remember(before, memory)
      transactions.entities.remember(before, memory)
      for (const [key, projection] of seen.projections) memory.projection(key, projection)
    },
    answer: before => answers(planned, before, ms),
  }
}

// Whoever moves commands is written apart from all others (`write.ts`).
function movedBy(writes: readonly Write[]): MovedRows | null {
  const [write] = writes.filter(isMoving)
  if (write === undefined) return null
  assert(writes.length === 1, "a transaction that moves commands is not by itself")
  return { archived: write.archive?.ids ?? [], restored: write.restore?.ids ?? [] }
}

/** Whether it moves commands to the archive or back. */
function isMoving(write: Write): write is TransactionWrite {
  return write.kind === "transaction" && (write.archive !== undefined || write.restore !== undefined)
}

/** Whether it does more than one call of the function can: it is written by itself. */
export function isApart(write: Write): boolean {
  if (write.kind !== "transaction") return false
  return write.erase !== undefined || write.recorded?.hash !== undefined || isMoving(write)
}

/** Whether a transaction is right only where it was seen to be: it, or one before it in its batch, is named by its t. */
function restsOnPlace({ recorded, follows = 0 }: TransactionWrite, seenT: number): boolean {
  return recorded !== null || follows > seenT
}

function answers(planned: readonly Answer[], before: { t: number; at: number }, ms: number): WriteOutcome[] {
  let at = before.at
  return planned.map(answer => {
    if (answer.kind !== "place") return answer
    const t = before.t + answer.place
    if (answer.recordedMs === "none") return { kind: "done", t, at: instant(ms) }
    at = answer.recordedMs ?? Math.max(at, ms)
    return { kind: "done", t, at: instant(at) }
  })
}

// Most often the command's data is the event's data, the very same object.
function dataTextsOf({ instance: { command }, events }: TransactionWrite, { data }: CommandTexts): readonly string[] {
  return events.map(e => (e.data === command.data && data !== "" ? data : JSON.stringify(e.data)))
}

function transactionPlan(known: Known, log: LogRows) {
  const { names } = known
  const commands = commandPlan(known, log)
  const entities = entityPlan(known, log)
  let count = 0

  function add(write: TransactionWrite): Answer {
    const { command, correlationId } = write.instance
    const last = commands.lastT(command.id)
    if (write.first ? last !== null : write.follows !== undefined && last !== write.follows) {
      return { kind: "duplicate" }
    }
    assert(write.first || (last ?? -1) > 0, `the command ${command.id} takes a further step, but no first one is there`)
    const place = count + 1
    const conflict = checkTransaction(write, place, known)
    if (conflict !== null) return conflict

    count = place
    const texts = textsOf(write, commands.isNew(command.id))
    const dataTexts = dataTextsOf(write, texts)
    const recordedMs = write.recorded === null ? null : Date.parse(write.recorded.at)
    log.xCommand.push(commands.step(write, place, texts))
    log.xAt.push(recordedMs)
    log.xActor.push(names.keyOf(write.actor))
    log.xSchema.push(write.schemaVersion)
    log.xType.push(names.keyOf(command.type))
    log.xId.push(command.id)
    log.xCorrelation.push(correlationId === command.id ? null : correlationId)
    log.xHashed.push(hashedTail(write, texts, dataTexts))
    addEvents(write, place, dataTexts)
    entities.change(write.changes, place)
    entities.rest(write.reads)
    entities.cutOff(write)
    for (const timer of write.timers) entities.time(timer)
    return { kind: "place", place, recordedMs }
  }

  function addEvents({ events }: TransactionWrite, place: number, texts: readonly string[]): void {
    events.forEach((event, n) => {
      log.vPlace.push(place * places + n)
      log.vEntity.push(entities.touch(event.stream.id))
      log.vVersion.push(event.stream.version)
      log.vType.push(names.keyOf(event.type))
      log.vTypeVersion.push(event.typeVersion)
      log.vRejection.push(event.rejection ? 1 : 0)
      log.vKind.push(codeOfKind(event.kind))
      log.vId.push(event.id)
      log.vOccurred.push(event.occurredAt)
      log.vData.push(texts[n]!)
    })
  }

  function finish(): void {
    commands.finish()
    entities.finish()
  }

  return { add, finish, commands, entities, count: () => count }
}
