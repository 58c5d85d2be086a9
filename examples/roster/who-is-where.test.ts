import { given, happened } from "daybook/testing"
import { expect, test } from "vitest"
import app from "./app.ts"
import { event } from "./parts.ts"
import { whoIsWhere } from "./who-is-where.ts"

const first = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c01"
const second = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c02"

const biology = (said: Parameters<typeof happened>[0]) => happened(said, { to: "biology" })
const periods = given(
  whoIsWhere,
  biology(event("PeriodAdded", { period: first })),
  biology(event("PeriodAdded", { period: second })),
).in(app)
const withBoth = periods.and(
  biology(event("StudentEnrolled", { student: "joe", period: first })),
  biology(event("StudentEnrolled", { student: "ann", period: first })),
)

test("each period has a row, also one that nobody is in [N45 N46]", () => {
  const row = { roster: "biology", students: [] }
  expect(() => periods.thenRows({ [first]: row, [second]: row })).not.toThrow()
})

test("the students of a period are in its row, in the order in which they came [N46]", () => {
  expect(() => withBoth.thenRow(first, { roster: "biology", students: ["joe", "ann"] })).not.toThrow()
})

test("who is dropped is in no row, and who is moved is in one [N46]", () => {
  const after = withBoth.and(
    biology(event("StudentDropped", { student: "ann", period: first })),
    biology(event("StudentMoved", { student: "joe", from: first, to: second })),
  )
  expect(() =>
    after.thenRows({
      [first]: { roster: "biology", students: [] },
      [second]: { roster: "biology", students: ["joe"] },
    }),
  ).not.toThrow()
})

test("rows come from many rosters at once [N45]", () => {
  const chemistry = happened(event("PeriodAdded", { period: second }), { to: "chemistry" })
  const rows = given(whoIsWhere, biology(event("PeriodAdded", { period: first })), chemistry).in(app)
  expect(() => rows.thenRow(second, { roster: "chemistry", students: [] })).not.toThrow()
})
