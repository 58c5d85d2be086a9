import { partsOf, type RecordedEvent, type RecordedOf } from "daybook"
import { activityOf } from "./activities.ts"
import { schema } from "./schema.ts"

const { projection } = partsOf(schema)

type ActivityRow = { readonly lines: number; readonly refused: number }
type MonthRow = { readonly lines: number }

/** What is known of one application for the tallies. Instants are as they were written. */
export type ApplicationRow = {
  readonly amount: number
  readonly submittedAt: string
  readonly outcome: "undecided" | "activated" | "declined" | "cancelled"
  readonly decidedAt?: string
  readonly secondsToDecision?: number
}

// Every event is one line of the bank's log, and so is every step that our rules refuse: both are counted.
const activity = ({ type, data }: RecordedOf<typeof schema>) =>
  activityOf("step" in data ? data.step : type, "work" in data ? data.work : undefined)

// The bank's own system logs neither how far its handling is, nor that it reminds itself to call.
const isLogged = ({ type }: RecordedOf<typeof schema>) => type in schema.events && type !== "CustomerCalled"

/** How often each activity was logged, and how often our rules refused it. Key: `activity/transition`. */
export const activities = projection<ActivityRow>("activities", {
  version: 1,
  on: {
    "*": {
      keys: event => (isLogged(event) ? activity(event) : []),
      fold: (row, { rejection }) => ({
        lines: (row?.lines ?? 0) + 1,
        refused: (row?.refused ?? 0) + (rejection ? 1 : 0),
      }),
    },
  },
})

/** How many lines were logged per calendar month and kind. Key: `YYYY-MM/A`, `O` or `W`. */
export const months = projection<MonthRow>("months", {
  version: 1,
  on: {
    "*": {
      keys: e => (isLogged(e) ? `${(e.occurredAt ?? e.at).slice(0, 7)}/${activity(e).charAt(0)}` : []),
      fold: row => ({ lines: (row?.lines ?? 0) + 1 }),
    },
  },
})

const decided = (outcome: ApplicationRow["outcome"]) => ({
  keys: (e: RecordedEvent) => e.stream.id,
  fold: (row: ApplicationRow | null, e: RecordedEvent) => {
    if (row === null || row.decidedAt !== undefined) return row
    const decidedAt = e.occurredAt ?? e.at
    const secondsToDecision = Math.floor((Date.parse(decidedAt) - Date.parse(row.submittedAt)) / 1_000)
    return { ...row, outcome, decidedAt, secondsToDecision }
  },
})

/** Each application with its amount, its outcome, and how long the decision took. Key: its id. */
export const applications = projection<ApplicationRow>("applications", {
  version: 1,
  on: {
    ApplicationSubmitted: {
      keys: e => e.stream.id,
      fold: (_row, e) => ({ amount: e.data.amount, submittedAt: e.occurredAt ?? e.at, outcome: "undecided" }),
    },
    ApplicationApproved: decided("activated"),
    ApplicationRegistered: decided("activated"),
    ApplicationActivated: decided("activated"),
    ApplicationDeclined: decided("declined"),
    ApplicationCancelled: decided("cancelled"),
  },
})
