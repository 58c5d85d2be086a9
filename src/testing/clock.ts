import { setImmediate as turn } from "node:timers/promises"
import { instant, type Cancel, type Clock } from "../kernel/clock.ts"
import { assert } from "../kernel/refusal.ts"

/** A clock that stands still until a test moves it. */
export type SimulatedClock = Clock & {
  /** Moves time forward, and runs all that falls due on the way in its order, each at its own instant. */
  advance(ms: number): Promise<void>
  /** Moves time forward to an ISO 8601 instant, like `advance`; an earlier one sets the clock back, like `back`. */
  set(iso: string): Promise<void>
  /** Sets the clock back, as an operator may. What waits still waits as long as it had left; `ticks` do not go back. */
  back(ms: number): void
  /** Lets everything that can happen without time passing happen. */
  idle(): Promise<void>
  /** Time does not go on, and nothing is idle, before this has settled: for what has to be waited for in real time. */
  hold<Value>(work: Promise<Value>): Promise<Value>
  /** How many milliseconds are left until the next wait is over; null: nothing waits. */
  nextDue(): number | null
  /** The instant it is now, as it is written. */
  iso(): string
}

type Waiting = { readonly due: number; readonly order: number; readonly work: () => void }

// Work that makes new work at once, for ever, is a mistake of the program that is tested.
const roundsMax = 1_000_000

/** A simulated clock that shows `start`. Its `soon` is real, so that what is awaited goes on by itself. */
export function simulatedClock(start = "2030-01-01T00:00:00.000Z"): SimulatedClock {
  let wall = msOf(start)
  let ticks = 0
  const soons = soonQueue()
  const waits = waitList()
  const holds = new Set<Promise<unknown>>()

  const move = (to: number) => {
    wall += to - ticks
    ticks = to
  }

  const runDue = async (until: number) => {
    await settled(soons.count, holds)
    for (let next = waits.first(); next !== undefined && next.due <= until; next = waits.first()) {
      waits.remove(next)
      move(Math.max(ticks, next.due))
      next.work()
      await settled(soons.count, holds)
    }
  }

  const advance = async (ms: number) => {
    assert(ms >= 0, `time goes forward by ${ms} ms: use back()`)
    const until = ticks + ms
    await runDue(until)
    move(until)
  }

  return {
    now: () => wall,
    ticks: () => ticks,
    soon: work => soons.add(work),
    after: (ms, work) => waits.add(ticks + Math.max(0, ms), work),
    advance,
    back: ms => void (wall -= ms),
    idle: () => runDue(ticks),
    hold(work) {
      holds.add(work)
      void Promise.allSettled([work]).then(() => holds.delete(work))
      return work
    },
    nextDue: () => {
      const next = waits.first()
      return next === undefined ? null : Math.max(0, next.due - ticks)
    },
    iso: () => instant(wall),
    async set(iso) {
      const ms = msOf(iso) - wall
      if (ms < 0) wall += ms
      else await advance(ms)
    },
  }
}

function msOf(iso: string): number {
  const ms = Date.parse(iso)
  assert(!Number.isNaN(ms), `${iso} is not an instant`)
  return ms
}

function soonQueue() {
  const open = new Set<NodeJS.Immediate>()
  return {
    count: () => open.size,
    add(work: () => void): Cancel {
      const immediate = setImmediate(() => {
        open.delete(immediate)
        work()
      })
      open.add(immediate)
      return () => {
        clearImmediate(immediate)
        open.delete(immediate)
      }
    },
  }
}

function waitList() {
  const waiting = new Set<Waiting>()
  let order = 0
  return {
    add(due: number, work: () => void): Cancel {
      const entry: Waiting = { due, order: order++, work }
      waiting.add(entry)
      return () => void waiting.delete(entry)
    },
    remove: (entry: Waiting) => void waiting.delete(entry),
    first(): Waiting | undefined {
      let found: Waiting | undefined
      for (const entry of waiting) {
        const { due, order: place } = entry
        if (found === undefined || due < found.due || (due === found.due && place < found.order)) found = entry
      }
      return found
    },
  }
}

// A promise that settles may settle others, several turns deep; a turn of the event loop runs all of them. The second
// quiet turn is for what the first one's promises asked for.
async function settled(open: () => number, holds: ReadonlySet<Promise<unknown>>): Promise<void> {
  for (let quiet = 0, rounds = 0; quiet < 2; rounds++) {
    assert(rounds < roundsMax, "work that asks for more work at once never ends")
    if (holds.size > 0) await Promise.allSettled(holds)
    await turn()
    quiet = open() === 0 && holds.size === 0 ? quiet + 1 : 0
  }
}
