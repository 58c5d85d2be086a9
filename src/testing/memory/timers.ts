import type { Timer, TimerStore } from "../../ports/timers.ts"
import type { Memory } from "./memory.ts"

/** Timers by when they are due, out of a memory. */
export function memoryTimers(memory: Memory): TimerStore {
  const inOrder = (): Timer[] => [...memory.timers.values()].toSorted((a, b) => a.due - b.due || (a.id < b.id ? -1 : 1))
  return {
    due: (ms, limit) =>
      inOrder()
        .filter(timer => timer.due <= ms)
        .slice(0, limit),
    next: () => inOrder()[0]?.due ?? null,
  }
}
