import { Cron, CronPattern } from "croner"

/** When something recurs. Instants are milliseconds since 1970 and always handed in: nothing here knows what time it is. */
export type Recurrence = {
  /** The first one later than an instant; null: there is none before the year 10000. */
  after(ms: number): number | null
  /** Whether there are any on a day of the calendar, which is told as its midnight in UTC. */
  isOn(dayMs: number): boolean
  /** At which minutes of such a day they are by the wall clock, in order. */
  readonly minutes: readonly number[]
}

/**
 * Reads a cron expression of five fields by the wall clock of a zone. Throws what the library says of one that it cannot
 * read.
 *
 * Where that clock is put forward or back, what names its minutes and hours comes once a day: at the end of the gap if its
 * time is left out, at the first of both if its time comes twice. What has a `*` or a step there goes with the time that
 * passes: it leaves out what is left out, and comes twice with what comes twice.
 */
export function recurrence(cron: string, zone: string): Recurrence {
  const options = { mode: "5-part", fixedTimeRule: "no-wildcard", paused: true } as const
  const job = new Cron(cron, { ...options, timezone: zone })
  const { minute, hour } = new CronPattern(cron, zone, options)
  const days = new Cron(`0 0 ${cron.split(" ").slice(2).join(" ")}`, { ...options, utcOffset: 0 })
  return {
    after: ms => job.nextRun(new Date(ms))?.getTime() ?? null,
    isOn: dayMs => days.match(new Date(dayMs)),
    minutes: marked(hour).flatMap(h => marked(minute).map(m => h * 60 + m)),
  }
}

function marked(places: readonly number[]): number[] {
  return places.flatMap((mark, place) => (mark === 0 ? [] : [place]))
}
