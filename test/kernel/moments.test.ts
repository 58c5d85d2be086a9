import { expect, test } from "vitest"
import { at, every, in_ } from "../../src/kernel/moments.ts"
import { Refusal } from "../../src/kernel/refusal.ts"

test.each([
  ["1 ms", 1],
  ["250 milliseconds", 250],
  ["1 second", 1_000],
  ["30 seconds", 30_000],
  ["1.5 seconds", 1_500],
  ["30 minutes", 1_800_000],
  ["1 minute", 60_000],
  ["2 hours", 7_200_000],
  ["1 Hour", 3_600_000],
  ["1 day", 86_400_000],
  ["30 days", 2_592_000_000],
  ["2 weeks", 1_209_600_000],
  [" 90minutes ", 5_400_000],
  ["0 seconds", 0],
  ["0.0004 seconds", 0],
  ["PT30M", 1_800_000],
  ["PT1H30M", 5_400_000],
  ["P1D", 86_400_000],
  ["P1W", 604_800_000],
  ["P1DT12H", 129_600_000],
  ["PT0.25S", 250],
  ["PT0,25S", 250],
])("in_(%j) is so many milliseconds [W43]", (length, ms) => {
  expect(in_(length)).toEqual({ kind: "in", ms })
})

test.each([
  ["30 fortnights", `"fortnights" in "30 fortnights" is no unit of time`],
  ["1 month", "no fixed length"],
  ["2 years", "no fixed length"],
  ["P1Y", "no fixed length"],
  ["P2M", "no fixed length"],
  ["half an hour", "no length of time"],
  ["-5 minutes", "no length of time"],
  ["", "no length of time"],
  ["5", "no length of time"],
  ["P", "no length of time"],
  ["PT", "no length of time"],
  ["P1DT", "no length of time"],
  ["1e3 seconds", "no length of time"],
  ["1 constructor", "no unit of time"],
  ["1 s", "no unit of time"],
])("in_(%j) is refused, with what is known [W43]", (length, why) => {
  const refusal = refusalOf(() => in_(length))
  expect(refusal.code).toBe("invalid")
  expect(refusal.message).toContain(why)
  expect(refusal.message).toContain(`known is a number with ms, seconds, minutes, hours, days or weeks`)
  expect(refusal.facts).toEqual({ length })
})

test("a length beyond a hundred years is refused [W43]", () => {
  expect(in_("5200 weeks").ms).toBe(3_144_960_000_000)
  expect(refusalOf(() => in_("6000 weeks")).message).toContain("a hundred years")
  expect(refusalOf(() => in_(`${"9".repeat(400)} days`)).message).toContain("a hundred years")
})

test.each([
  ["2026-12-01T09:00:00+01:00", "2026-12-01T08:00:00.000Z"],
  ["2026-12-01T09:00Z", "2026-12-01T09:00:00.000Z"],
  ["2026-12-01T09:00:00.123456-05:00", "2026-12-01T14:00:00.123Z"],
  ["2028-02-29T23:59:59Z", "2028-02-29T23:59:59.000Z"],
])("at(%j) is one instant, in UTC [W46]", (moment, utc) => {
  expect(at(moment)).toEqual({ kind: "at", at: utc })
})

test.each([
  "2026-12-01T09:00:00",
  "2026-12-01",
  "2026-02-30T09:00:00Z",
  "2026-02-29T09:00:00Z",
  "2026-13-01T09:00:00Z",
  "2026-12-01T25:00:00Z",
  "2026-12-01T09:61:00Z",
  "2026-12-01T09:00:00+25:00",
  "tomorrow",
  "",
])("at(%j) is refused, because it is no instant [W46]", moment => {
  const refusal = refusalOf(() => at(moment))
  expect(refusal.code).toBe("invalid")
  expect(refusal.message).toContain(`no instant: known is a day and a time with an offset or Z`)
  expect(refusal.facts).toEqual({ at: moment })
})

test("every keeps the expression and the zone as plain data [W44]", () => {
  expect(every("0 * * * 1-5", "Europe/Zurich")).toEqual({ kind: "every", cron: "0 * * * 1-5", zone: "Europe/Zurich" })
  expect(every("  0  9 L * MON-FRI\n", "UTC")).toEqual({ kind: "every", cron: "0 9 L * MON-FRI", zone: "UTC" })
})

test.each([
  ["61 * * * *", "61"],
  ["* 24 * * *", "24"],
  ["0 0 0 * *", "day"],
  ["0 0 * 13 *", "month"],
  ["0 0 * * 8", "8"],
  ["0 17-9 * * *", "17-9"],
  ["*/0 * * * *", "0"],
  ["5/15 * * * *", "5/15"],
  ["x * * * *", "x"],
  ["* * * *", "it has 4 fields"],
  ["0 * * * * *", "it has 6 fields"],
  ["", "it has 0 fields"],
  ["@hourly", "it has 1 fields"],
  ["0 0 30 2 *", "there is no such day"],
  ["0 0 31 4,6 *", "there is no such day"],
])("every(%j) is refused, with why and what is known [W44]", (cron, why) => {
  const refusal = refusalOf(() => every(cron, "UTC"))
  expect(refusal.code).toBe("invalid")
  expect(refusal.message).toContain("is no cron expression")
  expect(refusal.message).toContain(why)
  expect(refusal.message).toContain("Known are five fields: minute, hour, day of month, month and day of week")
  expect(refusal.facts).toEqual({ cron })
})

test.each(["Mars/Olympus", "", "Europe/Zürich", "local"])("a zone %j is refused, with what is known [W44]", zone => {
  const refusal = refusalOf(() => every("0 * * * *", zone))
  expect(refusal.code).toBe("invalid")
  expect(refusal.message).toContain(`known are those of the IANA database, like "Europe/Zurich" or "UTC"`)
  expect(refusal.facts).toEqual({ zone })
})

function refusalOf(work: () => unknown): Refusal {
  try {
    work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
  throw new Error("It was not refused")
}
