import type { Maybe } from "../kernel/handler.ts"
import type { JsonObject } from "../kernel/json.ts"

/** A timer as it is kept. `due` is in milliseconds since 1970. */
export type Timer = { readonly id: string; readonly due: number; readonly payload: JsonObject }

/** Timers, by when they are due. They are set and taken back by the transactions that mean it. */
export interface TimerStore {
  /** The timers due at or before an instant, earliest first, at most `limit`. */
  due(ms: number, limit: number): Maybe<readonly Timer[]>

  /** When the next one is due; null if there is none. */
  next(): Maybe<number | null>
}
