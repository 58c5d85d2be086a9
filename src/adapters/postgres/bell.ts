import type { Clock } from "../../kernel/clock.ts"
import type { Connections } from "./connections.ts"
import type { StoreParts } from "./parts.ts"
import { listenFor, type Listening } from "./listen.ts"

/** Rings when other processes have committed, and lets them know of what this one has. */
export type Bell = {
  readonly onBell: (listener: () => void) => () => void
  /** This process has added `count` transactions after one. */
  committed(before: number, count: number): void
  /** Tells whoever is alone that somebody has come. */
  wish(): void
  /** Hears it even if nobody wants to know what is committed. */
  listen(): void
  close(): Promise<void>
}

type BellParts = Pick<StoreParts, "connections" | "ids" | "journal"> & {
  readonly clock: Clock
  readonly channel: string
  readonly busy: () => boolean
  /** Whether it listens at all. */
  readonly listens: boolean
  /** Another process wants to commit, and this one may be alone. */
  readonly wished: () => void
}

// The others are told of what was committed in so long a time at once; the first commit after a rest is told sooner.
// Each telling is a transaction of its own: one for every other commit was a seventh of the price of all of them.
const tellEveryMs = 12
const tellFirstMs = 3
// What follows a t where nothing was committed, but is about to be.
const wish = "alone"
// What a lost bell has missed is found after this long.
const pollMs = 1_000

/** The bell of a store. It listens only once somebody wants to hear. */
export class StoreBell implements Bell {
  readonly #parts: BellParts
  readonly #listeners = new Set<() => void>()
  readonly #own: string
  #known = 0
  #telling = false
  #toldAt = -tellEveryMs
  #listening: Listening | null = null
  #stopPoll = () => {}
  #closed = false

  constructor(parts: BellParts) {
    this.#parts = parts
    this.#own = parts.ids.next()
  }

  readonly onBell = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    if (this.#listeners.size === 1) {
      this.#arm()
      this.listen()
    }
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
    const restedMs = this.#parts.clock.ticks() - this.#toldAt
    this.#parts.clock.after(Math.max(tellFirstMs, tellEveryMs - restedMs), () => void this.#tell())
  }

  wish(): void {
    // A program of before hears a t that it knows.
    void this.#say(`${this.#own} 0 ${wish}`)
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
    this.#toldAt = this.#parts.clock.ticks()
    if (!this.#closed) await this.#say(`${this.#own} ${this.#known}`)
  }

  async #say(payload: string): Promise<void> {
    try {
      const said = [this.#parts.channel, payload]
      await this.#parts.connections.lend(async ({ ask }) => ask("SELECT pg_notify($1, $2)", said))
    } catch {
      // The others find out by themselves, a second later.
    }
  }

  async #poll(): Promise<void> {
    const t = await newestOf(this.#parts.connections).catch(() => 0)
    // A commit of this process that is under way will say by itself what it has missed.
    if (!this.#parts.busy()) this.#heard(t)
    if (!this.#closed && this.#listeners.size > 0) this.#arm()
  }

  #arm(): void {
    this.#stopPoll()
    this.#stopPoll = this.#parts.clock.after(pollMs, () => void this.#poll())
  }

  listen(): void {
    if (!this.#parts.listens || this.#closed) return
    this.#listening ??= listenFor(this.#parts, this.#parts.channel, payload => {
      const [from, t, word] = payload.split(" ")
      if (from === this.#own) return
      if (word === wish) this.#parts.wished()
      else this.#heard(Number(t))
    })
  }
}

async function newestOf({ read }: Connections): Promise<number> {
  const [row] = await read<[number]>("SELECT t FROM @.transactions ORDER BY t DESC LIMIT 1")
  return row?.[0] ?? 0
}
