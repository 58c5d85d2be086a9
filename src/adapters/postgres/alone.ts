import type { Cancel, Clock } from "../../kernel/clock.ts"
import type { T } from "../../kernel/message.ts"
import type { Journal } from "../../ports/journal.ts"
import { holdOf, type Hold } from "./alone-hold.ts"
import type { Bell } from "./bell.ts"
import type { Connections } from "./connections.ts"
import type { Locks } from "./locks.ts"

/**
 * Whether this process is alone on its daybook, and so knows the newest t without asking. For a short time nobody else may
 * commit: who wants to finds that in the database, waits it out, and there is no next time for a good while.
 */
export type Alone = {
  /** What a commit says of its process. */
  claim(): { readonly me: number; readonly waited: string }
  /** Whether t, up to which this process knows of everything, is the newest there is. */
  isNewest(t: T): boolean
  /** The database has told the newest t. */
  asked(t: T): void
  /** This process has added `count` transactions after one. */
  committed(before: T, count: number): void
  /** Another process wants to commit. */
  yield(): void
  /** A connection broke: what is behind the next one need not be what was behind it. */
  doubt(): void
  /** Notes whether another process is alone, so that its time runs from now on. */
  look(): Promise<void>
  /** Another process is alone, as `found` says: resolves when a commit may get past that. */
  outlast(found: string): Promise<void>
  close(): Promise<void>
}

type Parts = {
  readonly connections: Pick<Connections, "read" | "lend" | "writing" | "onLost">
  readonly locks: Locks
  readonly clock: Clock
  readonly journal: Journal
  /** For how long at a time; 0: never. */
  readonly aloneMs: number
  /** Whether a commit is under way: others may see what came of it before this process does. */
  readonly busy: () => boolean
  readonly bell: Pick<Bell, "wish" | "listen">
}

// Whoever asks so often within the time that it would last is worth a question that all commits wait for.
const questionsMin = 8
// Nobody asks so soon after others have committed; twice as long each time that others had to wait.
const quietMsMin = 30_000
const quietMsMax = 3_600_000
// Clocks may run that much faster or slower than they should, one tenth each.
const shortened = 0.9

/** Knows nothing yet. */
export function aloneOn(parts: Parts): Alone {
  return new LonelyProcess(parts)
}

/** What this process may rely on: from when on, by both of its clocks, and how often it has. */
type Held = { readonly ticks: number; readonly wall: number; uses: number }

class LonelyProcess implements Alone {
  readonly #parts: Parts
  #me = 0
  #held: Held | null = null
  /** Whether the database may say that it is this process. */
  #mayBeSaid = false
  #cancel: Cancel = () => {}
  /** What was asked for before it was doubted is not relied on. */
  #doubts = 0
  #heldSince = 0
  /** The newest t that is known to be there. */
  #known: T = 0
  #found: Hold | null = null
  #foundAt = 0
  #quietUntil = 0
  #quietMs = quietMsMin
  #questions = 0
  #questionsSince = 0
  #asking = false
  /** One question after the other: the last one counts. */
  #last: Promise<void> = Promise.resolve()
  #closed = false

  constructor(parts: Parts) {
    this.#parts = parts
    parts.connections.onLost(() => this.doubt())
  }

  claim(): { me: number; waited: string } {
    return { me: this.#me, waited: this.#leftMs() > 0 ? "0" : String(this.#found?.value ?? 0) }
  }

  isNewest(t: T): boolean {
    const held = this.#held
    // What is under way may be seen by others before it is answered here.
    if (held === null || t < this.#known || this.#parts.busy()) return false
    const { clock, aloneMs } = this.#parts
    const lastsMs = aloneMs * shortened
    const ran = clock.ticks() - held.ticks
    // A machine that slept may not have counted its sleep by the one clock, and a time that is set shows by the other.
    if (ran >= lastsMs || Math.abs(clock.now() - held.wall) >= lastsMs) {
      this.#held = null
      return false
    }
    held.uses++
    if (ran > lastsMs / 2 && held.uses >= questionsMin) this.#ask()
    return true
  }

  asked(t: T): void {
    const { clock, aloneMs, busy } = this.#parts
    const isOurs = busy()
    if (t > this.#known && !isOurs) this.#othersCommitted()
    this.#known = Math.max(this.#known, t)
    if (aloneMs === 0 || isOurs || this.#closed || this.#leftMs() > 0) return
    const now = clock.ticks()
    if (now - this.#questionsSince > aloneMs) [this.#questions, this.#questionsSince] = [0, now]
    this.#questions++
    if (this.#questions >= questionsMin && now >= this.#quietUntil) this.#ask()
  }

  committed(before: T, count: number): void {
    if (before > this.#known) this.#othersCommitted()
    this.#known = Math.max(this.#known, before + count)
  }

  yield(): void {
    if (!this.#mayBeSaid) return
    this.#end()
    void this.#giveBack()
  }

  doubt(): void {
    this.#doubts++
    this.#held = null
  }

  async look(): Promise<void> {
    const [row] = await this.#parts.connections.read<[string]>("SELECT last_value::text FROM @.alone")
    this.#see(row![0])
  }

  async outlast(found: string): Promise<void> {
    this.#see(found)
    this.#rest()
    const { bell, clock } = this.#parts
    const value = this.#found?.value
    bell.wish()
    for (let ms = 2; this.#found?.value === value && this.#leftMs() > 0; ms = Math.min(2 * ms, 50)) {
      const { promise, resolve } = Promise.withResolvers<void>()
      clock.after(Math.min(ms, this.#leftMs()), resolve)
      await promise
      await this.look()
    }
  }

  async close(): Promise<void> {
    this.#closed = true
    this.doubt()
    await this.#last
    if (this.#mayBeSaid) await this.#giveBack()
  }

  // What the database knows of commits by nobody here: they are those of others.
  #othersCommitted(): void {
    if (this.#known === 0) return
    this.doubt()
    this.#rest()
  }

  /** Others are here, and nobody waits yet. */
  #leave(): void {
    this.#rest()
    void this.#giveBack()
  }

  #rest(): void {
    this.#quietUntil = this.#parts.clock.ticks() + this.#quietMs
  }

  /** Others had to wait. */
  #end(): void {
    const now = this.#parts.clock.ticks()
    const isLong = now - this.#heldSince > this.#quietMs
    this.#quietMs = isLong ? quietMsMin : Math.min(2 * this.#quietMs, quietMsMax)
    this.doubt()
    this.#rest()
  }

  #see(found: string): void {
    const hold = holdOf(found)
    if (hold?.value === this.#found?.value) return
    this.#found = hold
    this.#foundAt = this.#parts.clock.ticks()
  }

  /** How long whoever is alone may still be it, by the clock of this process since it first saw that. */
  #leftMs(): number {
    if (this.#found === null) return 0
    return this.#foundAt + this.#found.ms / shortened + 1 - this.#parts.clock.ticks()
  }

  #ask(): void {
    if (this.#asking) return
    this.#asking = true
    this.#last = this.#last
      .then(async () => this.#come())
      .catch((error: unknown) => {
        this.#rest()
        const sentence = "It could not be found out whether this process is alone on the database, and is tried later"
        this.#parts.journal.info(sentence, { error })
      })
      .finally(() => (this.#asking = false))
  }

  async #come(): Promise<void> {
    if (this.#closed) return
    const { connections, locks, clock, aloneMs, bell, busy } = this.#parts
    const doubts = this.#doubts
    const wasHeld = this.#held !== null
    await connections.lend(async ({ ask }) => {
      if (this.#closed) return
      this.#me ||= (await ask<[number]>("SELECT nextval('@.processes')"))[0]![0]
      const { me, waited } = this.claim()
      const [ticks, wall] = [clock.ticks(), clock.now()]
      this.#mayBeSaid = true
      const be = "SELECT alone, newest FROM @.be_alone_1($1, $2, $3, $4)"
      const [row] = await ask<[string, number | null]>(be, [locks.log, me, aloneMs, waited])
      const [found, newest] = row!
      if (newest === null) return this.#refused(found)
      // Who comes after a rest does not find that somebody once was alone.
      this.#cancel()
      this.#cancel = clock.after(aloneMs, () => void this.#giveBack())
      const isNews = this.#known > 0 && newest > this.#known && !busy()
      // Whoever answers from here on knows of all that.
      this.#known = Math.max(this.#known, newest)
      if (isNews) return this.#leave()
      if (doubts !== this.#doubts) return
      this.#held = { ticks, wall, uses: 0 }
      if (!wasHeld) this.#heldSince = ticks
    })
    bell.listen()
  }

  #refused(found: string): void {
    const hold = holdOf(found)
    if (hold?.process === this.#me) return this.yield()
    this.#mayBeSaid = false
    // One that died is outwaited; one that lives has changed what is found.
    if (this.#found !== null) this.#rest()
    this.#see(found)
  }

  async #giveBack(): Promise<void> {
    const { connections, locks } = this.#parts
    this.#cancel()
    this.#last = this.#last
      .then(async () => {
        this.doubt()
        this.#mayBeSaid = false
        const cease = "SELECT 1 FROM @.be_alone_1($1, $2, 0, 0)"
        await connections.writing(async ({ ask }) => ask(cease, [locks.log, this.#me]))
      })
      // It ends by itself.
      .catch(() => undefined)
    await this.#last
  }
}
