import { limits } from "../kernel/limits.ts"
import { unreachable } from "../kernel/refusal.ts"

/**
 * Spares an outside that has been failing for long. Always in one of these modes:
 *
 * closed     Deliveries run side by side. So many failures in a row, of different entities, lead to open. One
 *            success, and the count begins anew.
 * open       Nothing starts. After a pause that grows with `times`: probing.
 * probing    One delivery runs at a time. Success leads to closed, failure to open, for a longer pause.
 *
 * A failure that is a bug of the processor says nothing about the outside and is not counted.
 */
export type Circuit =
  | { readonly mode: "closed"; readonly failed: readonly string[] }
  | { readonly mode: "open"; readonly times: number }
  | { readonly mode: "probing"; readonly times: number }

export const closed: Circuit = { mode: "closed", failed: [] }

/** After a delivery succeeded. One that was under way when the circuit opened counts: the outside answers again. */
export function afterSuccess(circuit: Circuit): Circuit {
  return circuit.mode === "closed" && circuit.failed.length === 0 ? circuit : closed
}

/** After a delivery of an entity failed by the outside. */
export function afterSetback(circuit: Circuit, entity: string): Circuit {
  switch (circuit.mode) {
    case "closed": {
      if (circuit.failed.includes(entity)) return circuit
      const failed = [...circuit.failed, entity]
      return failed.length < limits.failedInARowMax ? { mode: "closed", failed } : { mode: "open", times: 1 }
    }
    case "open":
      return circuit
    case "probing":
      return { mode: "open", times: circuit.times + 1 }
    default:
      return unreachable(circuit)
  }
}

/** After the pause. */
export function afterPause(circuit: Circuit): Circuit {
  return circuit.mode === "open" ? { mode: "probing", times: circuit.times } : circuit
}

/** How many deliveries may run side by side. */
export function atOnce(circuit: Circuit, max: number): number {
  switch (circuit.mode) {
    case "closed":
      return max
    case "open":
      return 0
    case "probing":
      return 1
    default:
      return unreachable(circuit)
  }
}
