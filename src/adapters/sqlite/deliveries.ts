import type { DatabaseSync } from "node:sqlite"
import type { DeliveryStore } from "../../ports/deliveries.ts"
import type { DeliveryWrite, ParkedDelivery } from "../../ports/write.ts"
import { prepare } from "./driver.ts"

/** A row of `selectDeliveries`. */
export type DeliveryRow = [
  consumer: string,
  t: number,
  n: number,
  entity: string,
  state: string,
  attempts: string,
  due: number | null,
]

const columns = "consumer, t, n, entity, state, attempts, due"

/** Deliveries that did not go straight through; what follows says which. */
export const selectDeliveries = `SELECT ${columns} FROM deliveries`

/** Reads how far each consumer has got. */
export function deliveryStore(db: DatabaseSync): DeliveryStore {
  const reached = prepare<[number]>(db, "SELECT t FROM checkpoints WHERE consumer = ?")
  const parked = prepare<DeliveryRow>(db, `${selectDeliveries} WHERE consumer = ? ORDER BY t, n`)
  const one = prepare<DeliveryRow>(db, `${selectDeliveries} WHERE consumer = ? AND t = ? AND n = ?`)
  const dead = prepare<DeliveryRow>(
    db,
    `${selectDeliveries} WHERE state = 'dead' ORDER BY t DESC, n DESC, consumer DESC LIMIT ?`,
  )
  const deadAfter = prepare<DeliveryRow>(
    db,
    `${selectDeliveries} WHERE state = 'dead' AND (t, n, consumer) < (?, ?, ?)
      ORDER BY t DESC, n DESC, consumer DESC LIMIT ?`,
  )
  return {
    reached: consumer => reached.get(consumer)?.[0] ?? null,
    parked: consumer => parked.all(consumer).map(deliveryOf),
    dead({ limit, after }) {
      const rows = after === undefined ? dead.all(limit) : deadAfter.all(after.t, after.n, after.consumer, limit)
      return rows.map(deliveryOf)
    },
    find(consumer, t, n) {
      const row = one.get(consumer, t, n)
      return row === undefined ? null : deliveryOf(row)
    },
  }
}

/** Prepares the writing of checkpoints and of deliveries that go their own way. */
export function deliveryWriter(db: DatabaseSync): (write: Omit<DeliveryWrite, "kind">) => void {
  const reach = prepare(db, "INSERT OR REPLACE INTO checkpoints(consumer, t) VALUES(?, ?)")
  const park = prepare(db, `INSERT OR REPLACE INTO deliveries(${columns}) VALUES(?, ?, ?, ?, ?, ?, ?)`)
  const remove = prepare(db, "DELETE FROM deliveries WHERE consumer = ? AND t = ? AND n = ?")
  return ({ consumer, reached, parked, done }) => {
    if (reached !== null) reach.run(consumer, reached)
    for (const p of parked) park.run(p.consumer, p.t, p.n, p.entity, p.state, JSON.stringify(p.attempts), p.due)
    for (const { t, n } of done) remove.run(consumer, t, n)
  }
}

/** The delivery that a row tells. */
export function deliveryOf([consumer, t, n, entity, state, attempts, due]: DeliveryRow): ParkedDelivery {
  return {
    consumer,
    t,
    n,
    entity,
    // What was written as a state and as attempts is read as such.
    state: state as ParkedDelivery["state"],
    attempts: JSON.parse(attempts) as ParkedDelivery["attempts"],
    due,
  }
}
