// Years to hours without an offset would depend on where the program runs, so an instant must say its zone.
const written = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?(?:([Zz])|([+-])(\d\d):?(\d\d)?)$/
const stored = /^\d{4}-\d\d-\d\dT([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/
const day = /^(\d{4})-(\d\d)-(\d\d)$/

/** How an instant is stored, for JSON Schema: UTC, milliseconds. So that order as text is order in time. */
export const instantPattern = "^\\d{4}-\\d\\d-\\d\\dT([01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z$"

/** Whether a string is an instant as it is stored. */
export function isInstant(text: string): boolean {
  return stored.test(text) && isDate(text.slice(0, 10))
}

/** Whether a string is a day of the calendar, `YYYY-MM-DD`. */
export function isDate(text: string): boolean {
  const match = day.exec(text)
  if (match === null) return false
  const [year, month, date] = [Number(match[1]), Number(match[2]), Number(match[3])]
  return month >= 1 && month <= 12 && date >= 1 && date <= daysOf(year, month)
}

/** An instant in any zone and of any precision as it is stored; undefined: it is none. */
export function readInstant(text: string): string | undefined {
  const match = written.exec(text)
  if (match === null) return undefined
  const [, year, month, date, hour, minute, second = "0", fraction = "", , sign, zoneHours = "0", zoneMinutes = "0"] =
    match
  if (!isDate(`${year}-${month}-${date}`) || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59)
    return undefined
  if (Number(zoneHours) > 23 || Number(zoneMinutes) > 59) return undefined
  const offset = (Number(zoneHours) * 60 + Number(zoneMinutes)) * (sign === "-" ? -1 : 1)
  const time = new Date(0)
  time.setUTCFullYear(Number(year), Number(month) - 1, Number(date))
  time.setUTCHours(Number(hour), Number(minute) - offset, Number(second), Number(fraction.padEnd(3, "0").slice(0, 3)))
  const text24 = time.toISOString()
  return isInstant(text24) ? text24 : undefined
}

function daysOf(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}
