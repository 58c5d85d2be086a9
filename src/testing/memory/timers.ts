import type { Timer, TimerStore } from "../../ports/timers.ts"
import type { Memory } from "./memory.ts"

/** Timers by when they are due, out of a memory. */
export function memoryTimers(memory: Memory): TimerStore {
  const behind = (ms: number, id: string | null): Timer[] =>
    [...memory.timers.values()]
      .filter(timer => timer.due > ms || (id !== null && timer.due === ms && timer.id > id))
      .toSorted((a, b) => a.due - b.due || (a.id < b.id ? -1 : 1))
  return {
    due: (ms, limit, after) =>
      behind(after?.due ?? -Infinity, after?.id ?? null)
        .filter(timer => timer.due <= ms)
        .slice(0, limit),
    next: (after = -Infinity) => behind(after, null)[0]?.due ?? null,
  }
}
