import { instant, type Clock } from "../kernel/clock.ts"
import type { T } from "../kernel/message.ts"
import { unreachable } from "../kernel/refusal.ts"
import { DropOuts } from "../ports/drop-outs.ts"
import type { Store } from "../ports/store.ts"
import type { DeliveryWrite, ProjectionWrite, TransactionWrite, Write, WriteOutcome } from "../ports/write.ts"
import { bellOf } from "./memory/bell.ts"
import { objection } from "./memory/check.ts"
import { memoryCommands } from "./memory/commands.ts"
import { memoryDeliveries } from "./memory/deliveries.ts"
import { memoryEntities } from "./memory/entities.ts"
import { memoryFacts } from "./memory/facts.ts"
import { isStale, memoryLeases } from "./memory/leases.ts"
import { memoryLog } from "./memory/log.ts"
import { memoryMaintenance } from "./memory/maintenance.ts"
import { basisOf, deliveryKey, emptyMemory, kept, type Memory } from "./memory/memory.ts"
import { memoryProjections } from "./memory/projections.ts"
import { record } from "./memory/record.ts"
import { memoryTimers } from "./memory/timers.ts"
import { simulatedClock } from "./clock.ts"

export { emptyMemory, type Memory } from "./memory/memory.ts"

/** What a memory store works with. `isShared`: whether several of them, each for a process, are on one memory at once. */
export type MemoryStoreParts = { readonly clock?: Clock; readonly memory?: Memory; readonly isShared?: boolean }

/**
 * A whole store in plain maps, for tests of what works on a store. It keeps every promise of the port but one: what it
 * holds ends with the process. Hand the same memory to a second one, and it goes on where the first one stopped; or
 * beside it, where both say that the memory is shared.
 */
export function memoryStore(parts: MemoryStoreParts = {}): Store {
  const { clock = simulatedClock(), memory = emptyMemory(), isShared = false } = parts
  const bell = bellOf(memory)
  const own = new Set<() => void>()

  const now = () => {
    const newest = memory.transactions.at(-1)?.at ?? ""
    const at = instant(clock.now())
    return at < newest ? newest : at
  }

  return {
    log: memoryLog(memory),
    entities: memoryEntities(memory),
    commands: memoryCommands(memory),
    deliveries: memoryDeliveries(memory),
    timers: memoryTimers(memory),
    projections: memoryProjections(memory),
    leases: memoryLeases(memory, () => clock.now(), isShared),
    maintenance: memoryMaintenance(memory),
    facts: memoryFacts(memory),
    // Whoever asks walks over the facts instead.
    datalog: { answer: () => null },
    commit(writes) {
      const dropped = new DropOuts()
      const begun = basisOf(memory)
      return writes.map(write => {
        const outcome = dropped.objection(write) ?? commitOne(memory, write, now(), begun)
        dropped.note(write, outcome)
        if (isShared && write.kind === "transaction" && outcome.kind === "done") bell.ring(own)
        return outcome
      })
    },
    commitsAtOnce: () => 1,
    basis: () => basisOf(memory),
    onBell(listener) {
      own.add(listener)
      bell.listeners.add(listener)
      return () => {
        own.delete(listener)
        bell.listeners.delete(listener)
      }
    },
    close() {},
  }
}

function commitOne(memory: Memory, write: Write, at: string, begun: T): WriteOutcome {
  if ("fence" in write && write.fence !== undefined && isStale(memory, write.fence)) {
    const { name, epoch } = write.fence
    return {
      kind: "conflict",
      sentence: `The lease ${name} is another's by now`,
      facts: { name, epoch },
      unique: false,
    }
  }
  switch (write.kind) {
    case "transaction":
      return commitTransaction(memory, write, at, begun)
    case "refusal": {
      const { kind: _kind, ...refusal } = write
      memory.refusals.set(write.id, kept({ ...refusal, at }))
      break
    }
    case "deliveries":
      keepDeliveries(memory, write)
      break
    case "projection":
      keepPage(memory, write)
      break
    default:
      unreachable(write)
  }
  return { kind: "done", t: basisOf(memory), at }
}

function commitTransaction(memory: Memory, write: TransactionWrite, now: string, begun: T): WriteOutcome {
  const refused = objection(memory, write, begun)
  if (refused !== null) return refused
  const at = write.recorded?.at ?? now
  return { kind: "done", t: record(memory, write, at), at }
}

function keepDeliveries(memory: Memory, write: DeliveryWrite): void {
  const { consumer, reached, parked, done } = write
  if (reached !== null) memory.reached.set(consumer, reached)
  for (const row of parked) memory.parked.set(deliveryKey(consumer, row.t, row.n), kept(row))
  for (const { t, n } of done) memory.parked.delete(deliveryKey(consumer, t, n))
}

function keepPage(memory: Memory, { name, version, rows, reached }: ProjectionWrite): void {
  const projection = memory.projections.get(name)?.get(version)
  // A version that was dropped meanwhile: its page has nowhere to go.
  if (projection === undefined) return
  for (const [key, row] of rows) {
    if (row === null) projection.rows.delete(key)
    else projection.rows.set(key, kept(row))
  }
  projection.reached = reached
}
