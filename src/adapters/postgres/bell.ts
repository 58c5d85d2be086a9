import type { Clock } from "../../kernel/clock.ts"
import type { Connections } from "./connections.ts"
import type { StoreParts } from "./parts.ts"
import { listenFor, type Listening } from "./listen.ts"

/** Rings when other processes have committed, and lets them know of what this one has. */
export type Bell = {
  readonly onBell: (listener: () => void) => () => void
  /** This process has added `count` transactions after one. */
  committed(before: number, count: number): void
  close(): Promise<void>
}

// The others are told of what was committed in so long a time at once.
const tellEveryMs = 3
// What a lost bell has missed is found after this long.
const pollMs = 1_000

/** The bell of a store. It listens only once somebody wants to hear. */
export function bellOf(
  { connections, ids, journal }: StoreParts,
  clock: Clock,
  channel: string,
  busy: () => boolean,
): Bell {
  const listeners = new Set<() => void>()
  const own = ids.next()
  let known = 0
  let telling = false
  let listening: Listening | null = null
  let stopPoll = () => {}
  let closed = false

  function ring(): void {
    for (const listener of listeners) listener()
  }

  function heard(t: number): void {
    if (t <= known) return
    known = t
    ring()
  }

  async function tell(): Promise<void> {
    telling = false
    if (closed) return
    try {
      await connections.lend(async ({ ask }) => ask("SELECT pg_notify($1, $2)", [channel, `${own} ${known}`]))
    } catch {
      // The others find out by themselves, a second later.
    }
  }

  function committed(before: number, count: number): void {
    const missed = before > known
    known = Math.max(known, before + count)
    if (missed) ring()
    if (telling) return
    telling = true
    clock.after(tellEveryMs, () => void tell())
  }

  async function poll(): Promise<void> {
    const t = await newestOf(connections).catch(() => 0)
    // A commit of this process that is under way will say by itself what it has missed.
    if (!busy()) heard(t)
    if (!closed && listeners.size > 0) arm()
  }

  function arm(): void {
    stopPoll()
    stopPoll = clock.after(pollMs, () => void poll())
  }

  function listen(): void {
    arm()
    listening ??= listenFor({ connections, clock, ids, journal }, channel, payload => {
      const [from, t] = payload.split(" ")
      if (from !== own) heard(Number(t))
    })
  }

  return {
    onBell(listener) {
      listeners.add(listener)
      if (listeners.size === 1) listen()
      return () => {
        listeners.delete(listener)
        if (listeners.size === 0) stopPoll()
      }
    },
    committed,
    async close() {
      closed = true
      listeners.clear()
      stopPoll()
      await listening?.close()
    },
  }
}

async function newestOf({ read }: Connections): Promise<number> {
  const [row] = await read<[number]>("SELECT t FROM @.transactions ORDER BY t DESC LIMIT 1")
  return row?.[0] ?? 0
}
