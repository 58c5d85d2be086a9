import type { Recurrence } from "../kernel/recurrence.ts"

const minuteMs = 60_000
const dayMs = 86_400_000
// No clock that is put back comes by the same time again later than this; one that is put forward leaves out less.
const unsettledMs = 3 * 3_600_000

/**
 * How many recurrences there are later than one instant and up to another. Day by day, and without asking for each one
 * but where the clocks change: a process that was away for a year may have missed half a million.
 */
export function countWithin(times: Recurrence, zone: string, afterMs: number, untilMs: number): number {
  const offsetAt = offsets(zone)
  let count = 0
  for (let from = afterMs + 1, to; from <= untilMs; from = to) {
    const offset = offsetAt(from)
    const midnight = Math.floor((from + offset) / dayMs) * dayMs
    to = Math.min(midnight + dayMs - offset, untilMs + 1)
    const isEven = offsetAt(from - unsettledMs) === offset && offsetAt(to) === offset
    if (!isEven) count += countOneByOne(times, from, to)
    else if (times.isOn(midnight)) count += countOfDay(times, from + offset - midnight, to + offset - midnight)
  }
  return count
}

/** From one place in a day up to, and without, another. */
function countOfDay({ minutes }: Recurrence, fromMs: number, toMs: number): number {
  return minutes.filter(minute => minute * minuteMs >= fromMs && minute * minuteMs < toMs).length
}

function countOneByOne(times: Recurrence, fromMs: number, toMs: number): number {
  let count = 0
  for (let next = times.after(fromMs - 1); next !== null && next < toMs; next = times.after(next)) count++
  return count
}

/** How far the wall clock of a zone is ahead of UTC at an instant, in milliseconds. */
function offsets(zone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" })
  return ms => {
    const [, sign, hours = 0, minutes = 0, seconds = 0] =
      /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(format.format(ms)) ?? []
    const ahead = (Number(hours) * 60 + Number(minutes)) * minuteMs + Number(seconds) * 1_000
    return sign === "-" ? -ahead : ahead
  }
}
