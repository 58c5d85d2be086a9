import { projection } from "./parts.ts"

/** The students of one period, in the order in which they came. */
type PeriodRow = { readonly roster: string; readonly students: readonly string[] }

const without = (row: PeriodRow | null, student: string) => (row?.students ?? []).filter(other => other !== student)

/** Who is where: one row for each period, by its id. */
export const whoIsWhere = projection<PeriodRow>("who-is-where", {
  version: 1,
  on: {
    PeriodAdded: {
      keys: ({ data }) => data.period,
      fold: (_row, { stream }) => ({ roster: stream.id, students: [] }),
    },
    StudentEnrolled: {
      keys: ({ data }) => data.period,
      fold: (row, { stream, data }) => ({ roster: stream.id, students: [...(row?.students ?? []), data.student] }),
    },
    StudentDropped: {
      keys: ({ data }) => data.period,
      fold: (row, { stream, data }) => ({ roster: stream.id, students: without(row, data.student) }),
    },
    StudentMoved: {
      keys: ({ data }) => [data.from, data.to],
      fold: (row, { stream, data }, period) => {
        const others = without(row, data.student)
        return { roster: stream.id, students: period === data.to ? [...others, data.student] : others }
      },
    },
  },
})
