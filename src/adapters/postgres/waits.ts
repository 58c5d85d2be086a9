import type { Clock } from "../../kernel/clock.ts"

/** Waits that end at once when the store is closed. */
export function waits({ clock }: { readonly clock: Clock }) {
  const open = new Set<() => void>()
  let closed = false
  return {
    get closed() {
      return closed
    },
    async wait(ms: number): Promise<void> {
      if (closed) return
      await new Promise<void>(resolve => {
        const end = () => {
          cancel()
          open.delete(end)
          resolve()
        }
        const cancel = clock.after(ms, end)
        open.add(end)
      })
    },
    close() {
      closed = true
      for (const end of open) end()
    },
  }
}
