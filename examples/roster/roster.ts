import { is } from "daybook"
import { aggregate, event, reject } from "./parts.ts"

/** A roster: its periods, and who is in which. Whatever it says no to is recorded too, and changes nothing. */
export const roster = aggregate("Roster", {
  decide: {
    CreateRoster: ({ name }, _roster, { exists }) =>
      exists ? reject("RosterAlreadyThere", {}) : event("RosterCreated", { name }),

    AddPeriod: ({ period }, roster, { exists }) => {
      if (!exists) return reject("UnknownRoster", {})
      if (roster.periods.includes(period)) return reject("PeriodAlreadyThere", { period })
      return event("PeriodAdded", { period })
    },

    EnrollStudent: ({ student, period }, roster) => {
      if (!roster.periods.includes(period)) return reject("UnknownPeriod", { period })
      if (roster.enrolled.some(is({ student, period }))) return reject("AlreadyEnrolled", { student, period })
      return event("StudentEnrolled", { student, period })
    },

    DropStudent: ({ student, period }, roster) => {
      if (!roster.periods.includes(period)) return reject("UnknownPeriod", { period })
      if (!roster.enrolled.some(is({ student, period }))) return reject("NotEnrolled", { student, period })
      return event("StudentDropped", { student, period })
    },

    MoveStudent: ({ student, from, to }, roster) => {
      const unknown = [from, to].find(period => !roster.periods.includes(period))
      if (unknown !== undefined) return reject("UnknownPeriod", { period: unknown })
      if (from === to) return reject("SamePeriod", { student, period: to })
      if (!roster.enrolled.some(is({ student, period: from }))) return reject("NotEnrolled", { student, period: from })
      if (roster.enrolled.some(is({ student, period: to }))) return reject("AlreadyEnrolled", { student, period: to })
      return event("StudentMoved", { student, from, to })
    },
  },

  evolve: {
    RosterCreated: (roster, { name }) => ({ ...roster, name }),
    PeriodAdded: (roster, { period }) => ({ ...roster, periods: [...roster.periods, period] }),
    StudentEnrolled: (roster, { student, period }) => ({
      ...roster,
      enrolled: [...roster.enrolled, { student, period }],
    }),
    StudentDropped: (roster, { student, period }) => {
      const isDropped = is({ student, period })
      return { ...roster, enrolled: roster.enrolled.filter(place => !isDropped(place)) }
    },
    StudentMoved: (roster, { student, from, to }) => {
      const isLeft = is({ student, period: from })
      return { ...roster, enrolled: roster.enrolled.map(place => (isLeft(place) ? { student, period: to } : place)) }
    },
  },
})
