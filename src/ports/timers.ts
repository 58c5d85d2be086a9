import type { Maybe } from "../kernel/handler.ts"
import type { JsonObject } from "../kernel/json.ts"

/** A timer as it is kept. `due` is in milliseconds since 1970. */
export type Timer = { readonly id: string; readonly due: number; readonly payload: JsonObject }

/**
 * Timers, by when they are due. They are set and taken back by the transactions that mean it. Their order is that of
 * `due`, and of the ids where that is the same.
 */
export interface TimerStore {
  /** The timers due at or before an instant, earliest first, at most `limit`; with `after`, of those behind it in order. */
  due(ms: number, limit: number, after?: Pick<Timer, "due" | "id">): Maybe<readonly Timer[]>

  /** When the next one is due; with `after`, the next that is due later than this instant. Null: there is none. */
  next(after?: number): Maybe<number | null>
}
