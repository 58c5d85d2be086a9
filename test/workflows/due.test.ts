import { afterEach, describe, expect, test, vi } from "vitest"
import { at, every, in_ } from "../../src/kernel/moments.ts"
import { recurrence, type Recurrence } from "../../src/kernel/recurrence.ts"
import { firstDue, missedUntil, nextDue } from "../../src/workflows/due.ts"

// So many hours before the clocks change, and so many after.
const spans = [
  [1, 1],
  [30, 5.5],
  [5, 30],
  [0, 49],
  [-1, 20],
  [49, 0],
  [0.01, 3],
] as const

afterEach(() => {
  vi.useRealTimers()
})

test("a relative timer is due so long after now, an absolute one at its instant, now or not [W43 W46]", () => {
  const now = Date.parse("2026-11-21T12:00:00Z")
  expect(firstDue(in_("30 minutes"), now)).toBe(now + 1_800_000)
  expect(firstDue(at("2026-12-01T09:00:00+01:00"), now)).toBe(Date.parse("2026-12-01T08:00:00Z"))
  expect(firstDue(at("2020-01-01T00:00:00Z"), now)).toBe(Date.parse("2020-01-01T00:00:00Z"))
  expect(firstDue(every("0 * * * *", "UTC"), now)).toBe(Date.parse("2026-11-21T13:00:00Z"))
})

test("a recurrence is always later than the instant it is asked for [W44]", () => {
  const hourly = every("0 * * * *", "UTC")
  const due = Date.parse("2026-11-21T13:00:00Z")
  expect(nextDue(hourly, due - 1)).toBe(due)
  expect(nextDue(hourly, due)).toBe(due + 3_600_000)
  expect(nextDue(hourly, due + 1)).toBe(due + 3_600_000)
})

describe("by the wall clock of a zone:", () => {
  test.each([
    // Every weekday hour: Friday 23:30 is followed by Monday 00:00.
    ["0 * * * 1-5", "Europe/Zurich", "2026-11-20T23:30+01:00", ["2026-11-23T00:00+01:00", "2026-11-23T01:00+01:00"]],
    ["0 * * * 1-5", "America/New_York", "2026-11-20T23:30-05:00", ["2026-11-23T00:00-05:00"]],
    ["0 * * * 1-5", "Asia/Kolkata", "2026-11-20T23:30+05:30", ["2026-11-23T00:00+05:30"]],
    ["0 * * * 1-5", "Australia/Lord_Howe", "2026-11-20T23:30+11:00", ["2026-11-23T00:00+11:00"]],
    // The weekend in which the clocks change.
    ["0 * * * 1-5", "Europe/Zurich", "2026-03-27T23:30+01:00", ["2026-03-30T00:00+02:00"]],
    ["0 * * * 1-5", "Europe/Zurich", "2026-10-23T23:30+02:00", ["2026-10-26T00:00+01:00"]],
    ["0 * * * 1-5", "America/New_York", "2026-03-06T23:30-05:00", ["2026-03-09T00:00-04:00"]],
    ["0 * * * 1-5", "America/New_York", "2026-10-30T23:30-04:00", ["2026-11-02T00:00-05:00"]],
    // The same hour of the day, before and after.
    [
      "0 9 * * *",
      "Europe/Zurich",
      "2026-03-27T12:00Z",
      ["2026-03-28T08:00Z", "2026-03-29T07:00Z", "2026-03-30T07:00Z"],
    ],
    ["0 9 * * *", "America/New_York", "2026-10-31T00:00Z", ["2026-10-31T13:00Z", "2026-11-01T14:00Z"]],
    // A time that does not exist comes when the gap ends, once.
    ["30 2 * * *", "Europe/Zurich", "2026-03-28T12:00Z", ["2026-03-29T03:00+02:00", "2026-03-30T02:30+02:00"]],
    [
      "0,30 2,3 * * *",
      "Europe/Zurich",
      "2026-03-28T12:00Z",
      ["2026-03-29T01:00Z", "2026-03-29T01:30Z", "2026-03-30T00:00Z"],
    ],
    ["30 2 * * *", "America/New_York", "2026-03-07T12:00Z", ["2026-03-08T03:00-04:00", "2026-03-09T02:30-04:00"]],
    ["15 2 * * *", "Australia/Lord_Howe", "2026-10-02T18:00Z", ["2026-10-04T02:30+11:00", "2026-10-05T02:15+11:00"]],
    ["0 0 * * *", "Africa/Cairo", "2026-04-23T12:00Z", ["2026-04-24T01:00+03:00", "2026-04-25T00:00+03:00"]],
    // A time that exists twice comes the first time only.
    ["30 2 * * *", "Europe/Zurich", "2026-10-24T12:00Z", ["2026-10-25T02:30+02:00", "2026-10-26T02:30+01:00"]],
    ["30 1 * * *", "America/New_York", "2026-10-31T12:00Z", ["2026-11-01T01:30-04:00", "2026-11-02T01:30-05:00"]],
    ["45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00Z", ["2026-04-05T01:45+11:00", "2026-04-06T01:45+10:30"]],
    // What recurs with the time that passes leaves out no hour, and none that is there twice.
    ["0 * * * *", "Europe/Zurich", "2026-03-29T01:30+01:00", ["2026-03-29T03:00+02:00", "2026-03-29T04:00+02:00"]],
    [
      "0 * * * *",
      "Europe/Zurich",
      "2026-10-25T01:30+02:00",
      ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00", "2026-10-25T03:00+01:00"],
    ],
    [
      "*/15 * * * *",
      "Australia/Lord_Howe",
      "2026-04-05T01:30+11:00",
      ["2026-04-05T01:45+11:00", "2026-04-05T01:30+10:30", "2026-04-05T01:45+10:30"],
    ],
    [
      "*/15 * * * *",
      "Australia/Lord_Howe",
      "2026-10-04T01:45+10:30",
      ["2026-10-04T02:30+11:00", "2026-10-04T02:45+11:00"],
    ],
    // No clocks change here.
    ["30 2 * * *", "Asia/Kolkata", "2026-03-28T12:00Z", ["2026-03-28T21:00Z", "2026-03-29T21:00Z"]],
    ["0 0 * * *", "Asia/Kathmandu", "2026-03-28T00:00Z", ["2026-03-29T00:00+05:45"]],
    // Days that not every month and not every year has.
    ["0 0 29 2 *", "Europe/Zurich", "2026-01-01T00:00Z", ["2028-02-29T00:00+01:00", "2032-02-29T00:00+01:00"]],
    ["0 0 29 2 *", "UTC", "2096-03-01T00:00Z", ["2104-02-29T00:00Z"]],
    ["0 0 31 * *", "UTC", "2026-03-01T00:00Z", ["2026-03-31T00:00Z", "2026-05-31T00:00Z", "2026-07-31T00:00Z"]],
    [
      "0 0 L * *",
      "America/New_York",
      "2027-12-30T12:00Z",
      ["2027-12-31T00:00-05:00", "2028-01-31T00:00-05:00", "2028-02-29T00:00-05:00", "2028-03-31T00:00-04:00"],
    ],
    ["0 8 * * MON#1", "Europe/Zurich", "2026-11-20T00:00Z", ["2026-12-07T08:00+01:00", "2027-01-04T08:00+01:00"]],
    // Either of both days, as cron has it.
    [
      "0 0 13 * 5",
      "UTC",
      "2026-11-14T00:00Z",
      ["2026-11-20T00:00Z", "2026-11-27T00:00Z", "2026-12-04T00:00Z", "2026-12-11T00:00Z", "2026-12-13T00:00Z"],
    ],
    ["0 0 * * 7", "UTC", "2026-11-21T00:00Z", ["2026-11-22T00:00Z", "2026-11-29T00:00Z"]],
  ])("%j in %s after %s [W44]", (cron, zone, after, expected) => {
    expect(following(cron, zone, after, expected.length)).toEqual(expected.map(text => utc(text)))
  })

  test.each(["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])(
    "something daily comes once on each day of two years in %s [W44]",
    zone => {
      const times = recurrence("30 2 * * *", zone)
      const day = new Intl.DateTimeFormat("en-CA", { timeZone: zone })
      const days = new Set<string>()
      for (let last = Date.parse("2026-01-01T12:00Z"), n = 0; n < 730; n++) {
        last = times.after(last) ?? NaN
        days.add(day.format(last))
      }
      expect(days.size).toBe(730)
      expect([...days].at(-1)).toBe("2028-01-01")
    },
  )
})

test("when it is really does not matter [W47]", () => {
  const times = every("*/7 * * * 1-5", "Europe/Zurich")
  const from = Date.parse("2026-11-20T22:58:00Z")
  const answers = ["1999-01-01T00:00Z", "2026-11-20T22:58:30Z", "2090-07-01T00:00Z"].map(real => {
    vi.setSystemTime(real)
    return [nextDue(times, from), missedUntil(times, from, from + 86_400_000 * 3)]
  })
  expect(answers[1]).toEqual(answers[0])
  expect(answers[2]).toEqual(answers[0])
})

describe("recurrences that were missed", () => {
  test.each([
    ["in time", "0 * * * *", "UTC", "2026-11-20T10:00Z", "2026-11-20T10:00Z", 0, "2026-11-20T11:00Z"],
    ["a moment late", "0 * * * *", "UTC", "2026-11-20T10:00Z", "2026-11-20T10:59:59.999Z", 0, "2026-11-20T11:00Z"],
    ["as the next is due", "0 * * * *", "UTC", "2026-11-20T10:00Z", "2026-11-20T11:00Z", 1, "2026-11-20T12:00Z"],
    ["a weekend", "0 * * * 1-5", "Europe/Zurich", "2026-11-20T12:00Z", "2026-11-23T00:10Z", 12, "2026-11-23T01:00Z"],
    [
      "an hour that is left out",
      "0 * * * *",
      "Europe/Zurich",
      "2026-03-28T23:00Z",
      "2026-03-29T23:00Z",
      24,
      "2026-03-30T00:00Z",
    ],
    [
      "a day of 25 hours",
      "0 * * * *",
      "Europe/Zurich",
      "2026-10-24T22:00Z",
      "2026-10-25T23:00Z",
      25,
      "2026-10-26T00:00Z",
    ],
    [
      "a time that comes twice",
      "30 2 * * *",
      "Europe/Zurich",
      "2026-10-24T00:30Z",
      "2026-10-25T01:45Z",
      1,
      "2026-10-26T01:30Z",
    ],
    ["a year", "* * * * *", "America/New_York", "2026-01-01T00:00Z", "2027-01-01T00:00Z", 525_600, "2027-01-01T00:01Z"],
    ["the clock was set back", "0 * * * *", "UTC", "2026-11-20T10:00Z", "2026-11-20T07:30Z", 0, "2026-11-20T11:00Z"],
  ])("are counted: %s [W47]", (_, cron, zone, due, now, missed, next) => {
    const found = missedUntil(every(cron, zone), Date.parse(due), Date.parse(now))
    expect(found).toEqual({ missed, next: Date.parse(next) })
  })

  test.each([
    ["Europe/Zurich", "2026-03-29T01:00Z", "2026-10-25T01:00Z"],
    ["America/New_York", "2026-03-08T07:00Z", "2026-11-01T06:00Z"],
    ["Australia/Lord_Howe", "2026-04-04T15:00Z", "2026-10-03T15:30Z"],
    ["Africa/Cairo", "2026-04-23T22:00Z", "2026-10-29T21:00Z"],
    ["Asia/Beirut", "2026-03-28T22:00Z", "2026-10-24T21:00Z"],
    ["Asia/Kolkata", "2026-03-29T01:00Z", "2026-10-25T01:00Z"],
  ])("are as many as one by one, where the clocks change in %s [W47]", (zone, ...changes) => {
    for (const cron of ["0 * * * *", "30 2 * * *", "0 0 * * *", "15 1,23 * * 1-6", "*/20 0-3 * * *"]) {
      const times = recurrence(cron, zone)
      for (const change of changes) {
        for (const [before, behind] of spans) {
          const [from, until] = [Date.parse(change) - before * 3_600_000, Date.parse(change) + behind * 3_600_000]
          const { missed } = missedUntil(every(cron, zone), from, until)
          expect([cron, change, before, missed]).toEqual([cron, change, before, oneByOne(times, from, until)])
        }
      }
    }
  })
})

function following(cron: string, zone: string, after: string, count: number): string[] {
  const times = every(cron, zone)
  const found: string[] = []
  for (let last = Date.parse(utc(after)); found.length < count;) {
    last = nextDue(times, last) ?? NaN
    found.push(new Date(last).toISOString())
  }
  return found
}

function oneByOne(times: Recurrence, from: number, until: number): number {
  let count = 0
  for (let next = times.after(from); next !== null && next <= until; next = times.after(next)) count++
  return count
}

function utc(text: string): string {
  return new Date(text).toISOString()
}
