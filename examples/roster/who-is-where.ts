import { into, projection } from "./parts.ts"

/** The students of one period, in the order in which they came. */
type PeriodRow = { readonly roster: string; readonly students: readonly string[] }

const without = (students: readonly string[], student: string) => students.filter(other => other !== student)

/** Who is where: one row for each period, by its id. */
export const whoIsWhere = projection("who-is-where", {
  version: 1,
  on: {
    PeriodAdded: into(
      "PeriodAdded",
      ({ data }) => data.period,
      (_row: PeriodRow | null, { stream }) => ({ roster: stream.id, students: [] }),
    ),
    StudentEnrolled: into(
      "StudentEnrolled",
      ({ data }) => data.period,
      (row: PeriodRow | null, { stream, data }) => ({
        roster: stream.id,
        students: [...(row?.students ?? []), data.student],
      }),
    ),
    StudentDropped: into(
      "StudentDropped",
      ({ data }) => data.period,
      (row: PeriodRow | null, { stream, data }) => ({
        roster: stream.id,
        students: without(row?.students ?? [], data.student),
      }),
    ),
    StudentMoved: into(
      "StudentMoved",
      ({ data }) => [data.from, data.to],
      (row: PeriodRow | null, { stream, data }, period) => {
        const others = without(row?.students ?? [], data.student)
        return { roster: stream.id, students: period === data.to ? [...others, data.student] : others }
      },
    ),
  },
})
