import type { JsonObject } from "../../kernel/json.ts"
import type { TimerStore } from "../../ports/timers.ts"
import type { Ask } from "./driver.ts"

const beforeAll = { due: Number.MIN_SAFE_INTEGER, id: "" }

/** Reads timers, by when they are due. */
export function timerStore(read: Ask): TimerStore {
  return {
    async due(ms, limit, after = beforeAll) {
      const rows = await read<[string, number, string]>(
        "SELECT id, due, payload FROM @.timers WHERE due <= $1 AND (due, id) > ($2, $3) ORDER BY due, id LIMIT $4",
        [ms, after.due, after.id, limit],
      )
      // What was written as an object is read as one.
      return rows.map(([id, due, payload]) => ({ id, due, payload: JSON.parse(payload) as JsonObject }))
    },
    async next(after = beforeAll.due) {
      const [row] = await read<[number]>("SELECT due FROM @.timers WHERE due > $1 ORDER BY due LIMIT 1", [after])
      return row?.[0] ?? null
    },
  }
}
