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
  let wall = Date.parse(start)
  assert(!Number.isNaN(wall), `${start} is not an instant`)
  let ticks = 0
  let order = 0
  let sooner = 0
  const waiting = new Set<Waiting>()

  const soon = (work: () => void): Cancel => {
    sooner += 1
    let open = true
    const close = () => {
      if (open) sooner -= 1
      open = false
    }
    const immediate = setImmediate(() => {
      close()
      work()
    })
    return () => {
      clearImmediate(immediate)
      close()
    }
  }

  const after = (ms: number, work: () => void): Cancel => {
    const entry: Waiting = { due: ticks + Math.max(0, ms), order: order++, work }
    waiting.add(entry)
    return () => void waiting.delete(entry)
  }

  const first = (): Waiting | undefined => {
    let found: Waiting | undefined
    for (const entry of waiting) {
      if (found === undefined || entry.due < found.due || (entry.due === found.due && entry.order < found.order)) {
        found = entry
      }
    }
    return found
  }

  const move = (to: number) => {
    wall += to - ticks
    ticks = to
  }

  const runDue = async (until: number) => {
    await settled(() => sooner)
    for (let next = first(); next !== undefined && next.due <= until; next = first()) {
      waiting.delete(next)
      move(Math.max(ticks, next.due))
      next.work()
      await settled(() => sooner)
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
    soon,
    after,
    advance,
    back: ms => void (wall -= ms),
    idle: () => runDue(ticks),
    nextDue: () => {
      const next = first()
      return next === undefined ? null : Math.max(0, next.due - ticks)
    },
    iso: () => instant(wall),
    async set(iso) {
      const ms = Date.parse(iso) - wall
      assert(!Number.isNaN(ms), `${iso} is not an instant`)
      if (ms < 0) wall += ms
      else await advance(ms)
    },
  }
}

// A promise that settles may settle others, several turns deep; a turn of the event loop runs all of them. The second
// quiet turn is for what the first one's promises asked for.
async function settled(sooner: () => number): Promise<void> {
  for (let quiet = 0, rounds = 0; quiet < 2; rounds++) {
    assert(rounds < roundsMax, "work that asks for more work at once never ends")
    await turn()
    quiet = sooner() === 0 ? quiet + 1 : 0
  }
}
