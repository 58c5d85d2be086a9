import { defineSchema } from "daybook"

const id = { type: "string", minLength: 1, maxLength: 200 } as const
const uuid = { type: "string", format: "uuid" } as const
const name = { type: "string", minLength: 1, maxLength: 100 } as const
const noData = { type: "object", properties: {}, additionalProperties: false } as const

const place = {
  type: "object",
  properties: { student: id, period: uuid },
  required: ["student", "period"],
  additionalProperties: false,
} as const

const move = {
  type: "object",
  properties: { student: id, from: uuid, to: uuid },
  required: ["student", "from", "to"],
  additionalProperties: false,
} as const

const period = {
  type: "object",
  properties: { period: uuid },
  required: ["period"],
  additionalProperties: false,
} as const

const named = {
  type: "object",
  properties: { name },
  required: ["name"],
  additionalProperties: false,
} as const

// A middle name that is null says that there is none; one cannot forget to say it.
const fullName = {
  type: "object",
  properties: { first: name, middle: { type: ["string", "null"], maxLength: 100 }, last: name },
  required: ["first", "middle", "last"],
  additionalProperties: false,
} as const

const welcome = {
  type: "object",
  properties: { roster: id, period: uuid },
  required: ["roster", "period"],
  additionalProperties: false,
} as const

// Who may do what is the business of another example: here everybody may.
const open = {
  assign: [{ group: "everybody", when: true }],
  permissions: { read: "everybody", write: "everybody" },
} as const

/** Rosters of periods with their students, and what is known of a student. */
export const schema = defineSchema({
  daybook: 1,
  name: "roster",
  version: 1,
  groups: { everybody: { label: "Everybody" } },
  entities: {
    Roster: {
      ...open,
      attributes: {
        name: { type: "string", required: true, maxLength: 100 },
        periods: { type: "uuid", many: true },
        enrolled: { type: "json", many: true, doc: "Who is in which period: {student, period}" },
      },
    },
    Student: {
      ...open,
      attributes: {
        first: { type: "string" },
        middle: { type: "string" },
        last: { type: "string" },
        welcomes: { type: "json", many: true, doc: "Where the student was welcomed: {roster, period}" },
      },
    },
  },
  commands: {
    CreateRoster: { target: "Roster", data: named },
    AddPeriod: { target: "Roster", data: period },
    EnrollStudent: { target: "Roster", data: place },
    DropStudent: { target: "Roster", data: place },
    MoveStudent: { target: "Roster", data: move },
    ChangeStudentName: { target: "Student", data: fullName },
    WelcomeStudent: { target: "Student", data: welcome },
  },
  events: {
    RosterCreated: { stream: "Roster", data: named },
    PeriodAdded: { stream: "Roster", data: period },
    StudentEnrolled: { stream: "Roster", data: place },
    StudentDropped: { stream: "Roster", data: place },
    StudentMoved: { stream: "Roster", data: move },
    StudentNameChanged: { stream: "Student", data: fullName },
    StudentWelcomed: { stream: "Student", data: welcome },

    RosterAlreadyThere: { stream: "Roster", rejection: true, data: noData },
    UnknownRoster: { stream: "Roster", rejection: true, data: noData },
    PeriodAlreadyThere: { stream: "Roster", rejection: true, data: period },
    UnknownPeriod: { stream: "Roster", rejection: true, data: period },
    AlreadyEnrolled: { stream: "Roster", rejection: true, data: place },
    NotEnrolled: { stream: "Roster", rejection: true, data: place },
    SamePeriod: { stream: "Roster", rejection: true, data: place },
  },
})
