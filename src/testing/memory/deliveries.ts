import type { DeliveryStore } from "../../ports/deliveries.ts"
import type { ParkedDelivery } from "../../ports/write.ts"
import { deliveryKey, type Memory } from "./memory.ts"

/** How far each consumer has got, out of a memory. */
export function memoryDeliveries(memory: Memory): DeliveryStore {
  return {
    reached: consumer => memory.reached.get(consumer) ?? null,
    parked: consumer => rows(memory).filter(row => row.consumer === consumer),
    find: (consumer, t, n) => memory.parked.get(deliveryKey(consumer, t, n)) ?? null,
    dead({ limit, after }) {
      const newestFirst = rows(memory)
        .filter(row => row.state === "dead")
        .toReversed()
      return newestFirst.filter(row => after === undefined || inOrder(row, after) < 0).slice(0, limit)
    },
  }
}

type Place = Pick<ParkedDelivery, "consumer" | "t" | "n">

function rows(memory: Memory): ParkedDelivery[] {
  return [...memory.parked.values()].toSorted(inOrder)
}

function inOrder(a: Place, b: Place): number {
  if (a.t !== b.t) return a.t - b.t
  if (a.n !== b.n) return a.n - b.n
  if (a.consumer === b.consumer) return 0
  return a.consumer < b.consumer ? -1 : 1
}
