import type { Memory } from "./memory.ts"

/** Who wants to hear that others have committed to a memory. */
export type Bell = {
  readonly listeners: Set<() => void>
  /** Rings, a little later, for all but these. */
  ring(but: ReadonlySet<() => void>): void
}

// Not in the memory itself: that holds only what a disk could hold.
const bells = new WeakMap<Memory, Bell>()

/** The one bell of all stores on a memory. */
export function bellOf(memory: Memory): Bell {
  const known = bells.get(memory)
  if (known !== undefined) return known
  const listeners = new Set<() => void>()
  const bell: Bell = {
    listeners,
    ring(but) {
      for (const tell of listeners) if (!but.has(tell)) queueMicrotask(() => listeners.has(tell) && tell())
    },
  }
  bells.set(memory, bell)
  return bell
}
