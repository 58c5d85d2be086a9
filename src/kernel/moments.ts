import { instant } from "./clock.ts"
import { limits } from "./limits.ts"
import { recurrence } from "./recurrence.ts"
import { Refusal } from "./refusal.ts"

/** So long after it was set. */
export type In = { readonly kind: "in"; readonly ms: number }
/** At one instant, ISO 8601 in UTC with milliseconds. */
export type At = { readonly kind: "at"; readonly at: string }
/** Again and again, by the wall clock of a zone. */
export type Every = { readonly kind: "every"; readonly cron: string; readonly zone: string }

/** When a timer goes off, as an application says it. It is plain JSON, so that it can be kept. */
export type Moment = In | At | Every

const msOf = {
  ms: 1,
  millisecond: 1,
  second: 1_000,
  minute: 60_000,
  hour: 3_600_000,
  day: 86_400_000,
  week: 604_800_000,
}
const units = new Map<string, number>(Object.entries(msOf))

const spoken = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/i
const iso = /^P(?!$)(?:(\d+)W)?(?:(\d+)D)?(?:T(?!$)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d+)?)S)?)?$/
const isoOfCalendar = /^P\d+[YM]/
// The day apart from the rest, because a day that is not in the calendar reads as one of the next month.
const written = /^((\d{4})-(\d\d)-(\d\d))T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/

/** After a length of time: "30 minutes", "1 day", "PT1H30M". A day is 24 hours here, whatever the clocks do. */
export function in_(length: string): In {
  const ms = Math.round(msIn(length.trim(), length))
  if (ms > limits.momentMsMax) throw invalid(`"${length}" is longer than a timer may wait: a hundred years`, { length })
  return { kind: "in", ms }
}

/** At an instant of RFC 3339, which has its offset or a Z: "2026-12-01T09:00:00+01:00". */
export function at(moment: string): At {
  const match = written.exec(moment)
  const ms = match === null ? NaN : Date.parse(moment)
  const [, day = ""] = match ?? []
  if (Number.isNaN(ms) || new Date(`${day}T00:00Z`).toISOString().slice(0, 10) !== day) {
    const known = `a day and a time with an offset or Z, like "2026-12-01T09:00:00+01:00"`
    throw invalid(`"${moment}" is no instant: known is ${known}`, { at: moment })
  }
  return { kind: "at", at: instant(ms) }
}

/**
 * Whenever a cron expression says, by the wall clock of a zone of the IANA database: "0 * * * 1-5", "Europe/Zurich".
 * What happens when that clock is put forward or back: `recurrence.ts`.
 */
export function every(cron: string, zone: string): Every {
  if (!isZone(zone)) {
    throw invalid(`"${zone}" is no time zone: known are those of the IANA database, like "Europe/Zurich" or "UTC"`, {
      zone,
    })
  }
  const fields = cron.trim().split(/\s+/)
  const found = { kind: "every", cron: fields.join(" "), zone } as const
  if (fields.length !== 5) throw noCron(cron, `it has ${fields[0] === "" ? 0 : fields.length} fields`)
  if (firstOf(found) === null) throw noCron(cron, "there is no such day")
  return found
}

function msIn(length: string, asSaid: string): number {
  const [, count, unit = ""] = spoken.exec(length) ?? []
  const ms = units.get(unit.toLowerCase()) ?? units.get(unit.toLowerCase().replace(/s$/, ""))
  if (count !== undefined && ms !== undefined) return Number(count) * ms
  const [matched, weeks, days, hours, minutes, seconds] = iso.exec(length) ?? []
  if (matched === undefined) throw noLength(asSaid, count !== undefined, unit)
  const parts = [weeks, days, hours, minutes, seconds].map(part => Number(part?.replace(",", ".") ?? 0))
  const each = [msOf.week, msOf.day, msOf.hour, msOf.minute, msOf.second]
  return parts.reduce((sum, part, place) => sum + part * (each[place] ?? 0), 0)
}

function noLength(length: string, isCounted: boolean, unit: string): Refusal {
  const known = `a number with ms, seconds, minutes, hours, days or weeks, like "30 minutes", or ISO 8601 like "PT30M"`
  const ofCalendar = isoOfCalendar.test(length) || /^(month|year)s?$/i.test(unit)
  const why = ofCalendar
    ? `"${length}" has no fixed length, a month or a year being of the calendar`
    : isCounted
      ? `"${unit}" in "${length}" is no unit of time`
      : `"${length}" is no length of time`
  return invalid(`${why}: known is ${known}`, { length })
}

function firstOf({ cron, zone }: Every): number | null {
  try {
    // Any instant will do: what recurs at all does so within eight years.
    return recurrence(cron, zone).after(0)
  } catch (error) {
    throw noCron(cron, error instanceof Error ? error.message.replace(/^CronPattern: /, "") : String(error))
  }
}

function noCron(cron: string, why: string): Refusal {
  const known = `minute, hour, day of month, month and day of week, like "0 * * * 1-5"`
  return invalid(`"${cron}" is no cron expression: ${why}. Known are five fields: ${known}`, { cron })
}

function isZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en-US", { timeZone: zone })
    return true
  } catch {
    return false
  }
}

function invalid(sentence: string, facts: { readonly [fact: string]: string }): Refusal {
  return new Refusal("invalid", sentence, facts)
}
