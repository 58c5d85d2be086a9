import type { Every, Moment } from "../kernel/moments.ts"
import { recurrence } from "../kernel/recurrence.ts"
import { assert, unreachable } from "../kernel/refusal.ts"
import { countWithin } from "./missed.ts"

/** When a timer that is set now goes off, in milliseconds since 1970. */
export function firstDue(moment: Moment, nowMs: number): number {
  switch (moment.kind) {
    case "in":
      return nowMs + moment.ms
    case "at": {
      const due = Date.parse(moment.at)
      assert(!Number.isNaN(due), `${moment.at} is no instant`)
      return due
    }
    case "every": {
      const next = nextDue(moment, nowMs)
      assert(next !== null, `${moment.cron} in ${moment.zone} never comes`)
      return next
    }
    default:
      return unreachable(moment)
  }
}

/** The first recurrence later than an instant; null: there is none any more. */
export function nextDue({ cron, zone }: Every, afterMs: number): number | null {
  return recurrence(cron, zone).after(afterMs)
}

/**
 * What becomes of a recurring timer that was due at one instant and goes off at a later one: how many recurrences have
 * gone by since then, which it stands for as well, and when it is due next.
 */
export function missedUntil(moment: Every, dueMs: number, nowMs: number): { missed: number; next: number | null } {
  const times = recurrence(moment.cron, moment.zone)
  // A clock that was set back must not bring the same recurrence a second time.
  const until = Math.max(dueMs, nowMs)
  return { missed: countWithin(times, moment.zone, dueMs, until), next: times.after(until) }
}
