import { expect, test } from "vitest"
import { isoStamp } from "../../../src/adapters/files/stamp.ts"

test("A moment is written as ISO 8601, with its digits and its offset as they were", () => {
  for (const [text, iso] of [
    ["2011-10-01T00:38:44.546+02:00", "2011-10-01T00:38:44.546+02:00"],
    ["2011-10-11 13:45:40.276000+02:00", "2011-10-11T13:45:40.276000+02:00"],
    ["2011-10-11 13:45:40+02", "2011-10-11T13:45:40+02:00"],
    ["2011-10-11 13:45:40 -0530", "2011-10-11T13:45:40-05:30"],
    ["2011-10-11t13:45:40,5z", "2011-10-11T13:45:40.5Z"],
    ["2011-10-11 13:45:40 UTC", "2011-10-11T13:45:40Z"],
    ["2011-10-11 13:45", "2011-10-11T13:45"],
    ["2011-10-11", "2011-10-11"],
  ] as const) {
    expect(isoStamp(text)).toBe(iso)
  }
})

test("What is no moment is not made one", () => {
  for (const text of [
    "",
    "yesterday",
    "11/10/2011 13:45",
    "1318333540",
    "2011-13-01",
    "2011-10-11T25:00:00Z",
    "2011-10-11T",
  ]) {
    expect(isoStamp(text)).toBeNull()
  }
})
