import type { Clock } from "../../kernel/clock.ts"
import { Refusal } from "../../kernel/refusal.ts"
import type { MovableStore } from "../../ports/transfer.ts"
import { aloneOn } from "./alone.ts"
import { StoreBell } from "./bell.ts"
import { commandStore } from "./commands.ts"
import { datalogStore } from "./datalog.ts"
import { deliveryStore } from "./deliveries.ts"
import { entityStore } from "./entities.ts"
import { guarded } from "./errors.ts"
import { factStore } from "./facts.ts"
import { leaseStore } from "./leases.ts"
import { logStore } from "./log.ts"
import { maintenanceStore } from "./maintenance.ts"
import type { StoreParts } from "./parts.ts"
import { projectionStore } from "./projections.ts"
import { timerStore } from "./timers.ts"
import { tidingsOf } from "./tidings.ts"
import { transferStore } from "./transfer.ts"
import { upkeepOf } from "./upkeep.ts"
import { writerOf } from "./write.ts"

/** Where a store is, whether it may only be read, whether it listens for others, and how long it may take none to be there. */
export type StoreAddress = {
  readonly url: string
  readonly schema: string
  readonly readonly: boolean
  readonly doorbell: boolean
  readonly aloneMs: number
}

/** The store that a schema holds. */
export async function storeOn(parts: StoreParts, clock: Clock, address: StoreAddress): Promise<MovableStore> {
  const { connections, names, memory, partitions } = parts
  const { read, place } = connections
  const busy = () => writer.busy()
  const channel = channelOf(address.schema)
  const wished = () => alone.yield()
  const bell = new StoreBell({ ...parts, clock, channel, busy, listens: address.doorbell, wished })
  const alone = aloneOn({ ...parts, clock, busy, aloneMs: address.readonly ? 0 : address.aloneMs, bell })
  const writer = writerOf({ ...parts, alone }, (before, count) => {
    partitions.note(before.t + count)
    alone.committed(before.t, count)
    bell.committed(before.t, count)
  })
  const upkeep = upkeepOf(parts, clock, !address.readonly)
  const tidings = tidingsOf(read, alone)
  const { keyOf, ...facts } = factStore(read, names, tidings)
  // Whoever closes it twice means it once.
  let closing: Promise<void> | null = null

  async function close(): Promise<void> {
    await writer.idle()
    await Promise.all([bell.close(), upkeep.close(), alone.close()])
    await connections.close()
  }

  if (!address.readonly) await alone.look()
  return {
    log: guarded(logStore(read, names), place),
    entities: guarded(entityStore(read, names, memory), place),
    commands: guarded(commandStore(read, names), place),
    deliveries: guarded(deliveryStore(read), place),
    timers: guarded(timerStore(read), place),
    projections: guarded(projectionStore(connections, upkeep.call), place),
    leases: guarded(leaseStore(read), place),
    maintenance: guarded(maintenanceStore(parts, address), place),
    facts: guarded(facts, place),
    datalog: guarded(datalogStore(connections, names, facts), place),
    transfer: guarded(transferStore(connections, names, parts.locks), place),
    async commit(writes) {
      if (!address.readonly) {
        const outcomes = await writer.commit(writes)
        tidings.committed(writes, outcomes, keyOf)
        return outcomes
      }
      throw new Refusal("unavailable", `The database ${place} is open only to be read`, { place })
    },
    commitsAtOnce: () => writer.atOnce(),
    basis: tidings.basis,
    presumed: () => tidings.toldTo() || null,
    onBell: bell.onBell,
    async close() {
      closing ??= close()
      return closing
    },
  }
}

// Notifications are the database's: this tells its daybooks apart.
function channelOf(schema: string): string {
  return `daybook ${schema}`.slice(0, 63)
}
