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

// The others are told of what was committed in so long a time at once; the first commit after a rest is told sooner.
// Each telling is a transaction of its own: one for every other commit was a seventh of the price of all of them.
const tellEveryMs = 12
const tellFirstMs = 3
// What a lost bell has missed is found after this long.
const pollMs = 1_000

/** The bell of a store. It listens only once somebody wants to hear. */
export class StoreBell implements Bell {
  readonly #parts: StoreParts
  readonly #clock: Clock
  readonly #channel: string
  readonly #busy: () => boolean
  readonly #listens: boolean
  readonly #listeners = new Set<() => void>()
  readonly #own: string
  #known = 0
  #telling = false
  #toldAt = -tellEveryMs
  #listening: Listening | null = null
  #stopPoll = () => {}
  #closed = false

  constructor(parts: StoreParts, clock: Clock, channel: string, busy: () => boolean, listens: boolean) {
    this.#parts = parts
    this.#clock = clock
    this.#channel = channel
    this.#busy = busy
    this.#listens = listens
    this.#own = parts.ids.next()
  }

  readonly onBell = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) this.#listen()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.#stopPoll()
    }
  }

  committed(before: number, count: number): void {
    const missed = before > this.#known
    this.#known = Math.max(this.#known, before + count)
    if (missed) this.#ring()
    if (this.#telling) return
    this.#telling = true
    const restedMs = this.#clock.ticks() - this.#toldAt
    this.#clock.after(Math.max(tellFirstMs, tellEveryMs - restedMs), () => void this.#tell())
  }

  async close(): Promise<void> {
    this.#closed = true
    this.#listeners.clear()
    this.#stopPoll()
    await this.#listening?.close()
  }

  #ring(): void {
    for (const listener of this.#listeners) listener()
  }

  #heard(t: number): void {
    if (t <= this.#known) return
    this.#known = t
    this.#ring()
  }

  async #tell(): Promise<void> {
    this.#telling = false
    this.#toldAt = this.#clock.ticks()
    if (this.#closed) return
    const said = [this.#channel, `${this.#own} ${this.#known}`]
    try {
      await this.#parts.connections.lend(async ({ ask }) => ask("SELECT pg_notify($1, $2)", said))
    } catch {
      // The others find out by themselves, a second later.
    }
  }

  async #poll(): Promise<void> {
    const t = await newestOf(this.#parts.connections).catch(() => 0)
    // A commit of this process that is under way will say by itself what it has missed.
    if (!this.#busy()) this.#heard(t)
    if (!this.#closed && this.#listeners.size > 0) this.#arm()
  }

  #arm(): void {
    this.#stopPoll()
    this.#stopPoll = this.#clock.after(pollMs, () => void this.#poll())
  }

  #listen(): void {
    this.#arm()
    if (!this.#listens) return
    const { connections, ids, journal } = this.#parts
    this.#listening ??= listenFor({ connections, clock: this.#clock, ids, journal }, this.#channel, payload => {
      const [from, t] = payload.split(" ")
      if (from !== this.#own) this.#heard(Number(t))
    })
  }
}

async function newestOf({ read }: Connections): Promise<number> {
  const [row] = await read<[number]>("SELECT t FROM @.transactions ORDER BY t DESC LIMIT 1")
  return row?.[0] ?? 0
}
