import type { Timer, TimerStore } from "../../src/ports/timers.ts"
import type { Journal } from "../../src/ports/journal.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededRandom } from "../../src/testing/ids.ts"
import { Timers } from "../../src/workflows/timers.ts"

/** Timers in a memory, which count how often they are read and may be away. */
export class Shelf implements TimerStore {
  readonly #timers = new Map<string, Timer>()
  #inOrder: Timer[] | null = null
  reads = 0
  rowsRead = 0
  isAway = false
  /** Is waited for before and after each reading, as on a server. */
  pause: () => Promise<void> = async () => {}

  set(id: string, due: number | null, payload: Timer["payload"] = {}): void {
    this.#inOrder = null
    if (due === null) this.#timers.delete(id)
    else this.#timers.set(id, { id, due, payload })
  }

  has(id: string): boolean {
    return this.#timers.has(id)
  }

  get size(): number {
    return this.#timers.size
  }

  async due(ms: number, limit: number, after?: Pick<Timer, "due" | "id">): Promise<readonly Timer[]> {
    await this.#asked()
    const found: Timer[] = []
    for (const timer of this.#sorted()) {
      if (timer.due > ms || found.length === limit) break
      if (after === undefined || inOrder(timer, after) > 0) found.push(timer)
    }
    this.rowsRead += found.length
    await this.pause()
    return found
  }

  async next(after = -Infinity): Promise<number | null> {
    await this.#asked()
    const next = this.#sorted().find(timer => timer.due > after)?.due ?? null
    await this.pause()
    return next
  }

  async #asked(): Promise<void> {
    this.reads += 1
    await this.pause()
    if (this.isAway) throw new Error("The shelf is away")
  }

  #sorted(): readonly Timer[] {
    this.#inOrder ??= [...this.#timers.values()].toSorted(inOrder)
    return this.#inOrder
  }
}

/** Something that went off, by the clock. */
export type Fired = { readonly id: string; readonly at: number; readonly due: number }

/** Timers that run under simulated time. What a timer does is to be taken back, unless a test says otherwise. */
export function aShelf(options: { fire?: (timer: Timer, shelf: Shelf) => Promise<void> | void } = {}) {
  const clock = simulatedClock()
  const shelf = new Shelf()
  const fired: Fired[] = []
  const warnings: { sentence: string; facts: Readonly<Record<string, unknown>> }[] = []
  const journal: Journal = {
    info() {},
    warn: (sentence, facts = {}) => void warnings.push({ sentence, facts }),
    error() {},
  }
  const underWay = { count: 0, most: 0, ids: new Set<string>() }
  const timers = new Timers({
    store: { timers: shelf },
    clock,
    ids: { random: seededRandom(7) },
    journal,
    async fire(timer) {
      if (underWay.ids.has(timer.id)) throw new Error(`${timer.id} goes off while it does so`)
      fired.push({ id: timer.id, at: clock.now(), due: timer.due })
      underWay.ids.add(timer.id)
      underWay.most = Math.max(underWay.most, ++underWay.count)
      try {
        await (options.fire ?? takeBack)(timer, shelf)
      } finally {
        underWay.count -= 1
        underWay.ids.delete(timer.id)
      }
    },
  })
  const start = clock.now()
  /** Something that takes a moment and no time. */
  const turn = async () =>
    new Promise<void>(resolve => {
      clock.soon(resolve)
    })
  return { turn, clock, shelf, timers, fired, warnings, underWay, start, after: (at: number) => at - start }
}

/** Sets a timer as this process does. */
export function arm(world: { shelf: Shelf; timers: Timers }, id: string, due: number, payload = {}): void {
  world.shelf.set(id, due, payload)
  world.timers.armed(due)
}

function takeBack({ id }: Timer, shelf: Shelf): void {
  shelf.set(id, null)
}

function inOrder(a: Pick<Timer, "due" | "id">, b: Pick<Timer, "due" | "id">): number {
  return a.due - b.due || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
}
