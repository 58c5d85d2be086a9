import type { JsonObject } from "../../kernel/json.ts"
import type { TimerStore } from "../../ports/timers.ts"
import type { Ask } from "./driver.ts"

/** Reads timers, by when they are due. */
export function timerStore(read: Ask): TimerStore {
  return {
    async due(ms, limit) {
      const rows = await read<[string, number, string]>(
        "SELECT id, due, payload FROM @.timers WHERE due <= $1 ORDER BY due, id LIMIT $2",
        [ms, limit],
      )
      // What was written as an object is read as one.
      return rows.map(([id, due, payload]) => ({ id, due, payload: JSON.parse(payload) as JsonObject }))
    },
    async next() {
      const [row] = await read<[number]>("SELECT due FROM @.timers ORDER BY due LIMIT 1")
      return row?.[0] ?? null
    },
  }
}
