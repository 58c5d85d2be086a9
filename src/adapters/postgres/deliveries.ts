import type { DeliveryStore } from "../../ports/deliveries.ts"
import type { ParkedDelivery } from "../../ports/write.ts"
import type { Ask } from "./driver.ts"

type Row = [consumer: string, t: number, n: number, entity: string, state: string, attempts: string, due: number | null]

const select = "SELECT consumer, t, n, entity, state, attempts, due FROM @.deliveries"

/** Reads how far each consumer has got. */
export function deliveryStore(read: Ask): DeliveryStore {
  return {
    async reached(consumer) {
      const [row] = await read<[number]>("SELECT t FROM @.checkpoints WHERE consumer = $1", [consumer])
      return row?.[0] ?? null
    },
    async parked(consumer) {
      const rows = await read<Row>(`${select} WHERE consumer = $1 ORDER BY t, n`, [consumer])
      return rows.map(deliveryOf)
    },
    async dead({ limit, after }) {
      const order = "ORDER BY t DESC, n DESC, consumer DESC LIMIT"
      const rows =
        after === undefined
          ? await read<Row>(`${select} WHERE state = 'dead' ${order} $1`, [limit])
          : await read<Row>(`${select} WHERE state = 'dead' AND (t, n, consumer) < ($1, $2, $3) ${order} $4`, [
              after.t,
              after.n,
              after.consumer,
              limit,
            ])
      return rows.map(deliveryOf)
    },
    async find(consumer, t, n) {
      const [row] = await read<Row>(`${select} WHERE consumer = $1 AND t = $2 AND n = $3`, [consumer, t, n])
      return row === undefined ? null : deliveryOf(row)
    },
  }
}

function deliveryOf([consumer, t, n, entity, state, attempts, due]: Row): ParkedDelivery {
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
