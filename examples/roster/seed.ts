import type { ImportedCommand } from "daybook"

const roster = { type: "Roster", id: "biology" }
const firstPeriod = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c01"
const secondPeriod = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c02"

/** Something to look at: one roster with two periods, and two students in it. */
export const seed: readonly ImportedCommand[] = [
  { type: "CreateRoster", target: roster, data: { name: "Biology" } },
  { type: "AddPeriod", target: roster, data: { period: firstPeriod } },
  { type: "AddPeriod", target: roster, data: { period: secondPeriod } },
  {
    type: "ChangeStudentName",
    target: { type: "Student", id: "joe" },
    data: { first: "joe", middle: null, last: "schmoe" },
  },
  {
    type: "ChangeStudentName",
    target: { type: "Student", id: "ann" },
    data: { first: "ann", middle: "lee", last: "o'hara" },
  },
  { type: "EnrollStudent", target: roster, data: { student: "joe", period: firstPeriod } },
  { type: "EnrollStudent", target: roster, data: { student: "ann", period: firstPeriod } },
]
