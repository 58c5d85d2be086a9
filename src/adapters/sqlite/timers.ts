import type { DatabaseSync } from "node:sqlite"
import type { JsonObject } from "../../kernel/json.ts"
import type { TimerStore } from "../../ports/timers.ts"
import type { TimerChange } from "../../ports/write.ts"
import { prepare } from "./driver.ts"

const beforeAll = { due: Number.MIN_SAFE_INTEGER, id: "" }

/** Reads timers, by when they are due. */
export function timerStore(db: DatabaseSync): TimerStore {
  const due = prepare<[string, number, string]>(
    db,
    "SELECT id, due, payload FROM timers WHERE due <= ? AND (due, id) > (?, ?) ORDER BY due, id LIMIT ?",
  )
  const next = prepare<[number]>(db, "SELECT due FROM timers WHERE due > ? ORDER BY due LIMIT 1")
  return {
    due(ms, limit, after = beforeAll) {
      // What was written as an object is read as one.
      return due
        .all(ms, after.due, after.id, limit)
        .map(([id, at, payload]) => ({ id, due: at, payload: JSON.parse(payload) as JsonObject }))
    },
    next: (after = beforeAll.due) => next.get(after)?.[0] ?? null,
  }
}

/** Prepares the setting of timers, and the taking back. */
export function timerWriter(db: DatabaseSync): (change: TimerChange) => void {
  const set = prepare(db, "INSERT OR REPLACE INTO timers(id, due, payload) VALUES(?, ?, ?)")
  const remove = prepare(db, "DELETE FROM timers WHERE id = ?")
  return ({ id, due, payload }) => {
    if (due === null) remove.run(id)
    else set.run(id, due, JSON.stringify(payload))
  }
}
