import { partsOf, type RecordedEvent } from "daybook"
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
const activity = (e: RecordedEvent) => {
  const { step, work } = e.data
  return activityOf(typeof step === "string" ? step : e.type, typeof work === "string" ? work : undefined)
}

const everyEvent = Object.keys(schema.events) as readonly (keyof typeof schema.events)[]

const countLine = {
  keys: activity,
  fold: (row: ActivityRow | null, e: RecordedEvent): ActivityRow => ({
    lines: (row?.lines ?? 0) + 1,
    refused: (row?.refused ?? 0) + (e.rejection ? 1 : 0),
  }),
}

const countMonth = {
  keys: (e: RecordedEvent) => `${(e.occurredAt ?? e.at).slice(0, 7)}/${activity(e).charAt(0)}`,
  fold: (row: MonthRow | null): MonthRow => ({ lines: (row?.lines ?? 0) + 1 }),
}

/** How often each activity was logged, and how often our rules refused it. Key: `activity/transition`. */
export const activities = projection("activities", {
  version: 1,
  on: Object.fromEntries(everyEvent.map(type => [type, countLine])),
})

/** How many lines were logged per calendar month and kind. Key: `YYYY-MM/A`, `O` or `W`. */
export const months = projection("months", {
  version: 1,
  on: Object.fromEntries(everyEvent.map(type => [type, countMonth])),
})

const outcomes = {
  ApplicationApproved: "activated",
  ApplicationRegistered: "activated",
  ApplicationActivated: "activated",
  ApplicationDeclined: "declined",
  ApplicationCancelled: "cancelled",
} as const

const submit = {
  keys: (e: RecordedEvent) => e.stream.id,
  fold: (_row: ApplicationRow | null, e: RecordedEvent): ApplicationRow => ({
    amount: Number(e.data["amount"]),
    submittedAt: e.occurredAt ?? e.at,
    outcome: "undecided",
  }),
}

const decide = (outcome: ApplicationRow["outcome"]) => ({
  keys: (e: RecordedEvent) => e.stream.id,
  fold: (row: ApplicationRow | null, e: RecordedEvent): ApplicationRow | null => {
    if (row === null || row.decidedAt !== undefined) return row
    const decidedAt = e.occurredAt ?? e.at
    const secondsToDecision = Math.floor((Date.parse(decidedAt) - Date.parse(row.submittedAt)) / 1_000)
    return { ...row, outcome, decidedAt, secondsToDecision }
  },
})

/** Each application with its amount, its outcome, and how long the decision took. Key: its id. */
export const applications = projection("applications", {
  version: 1,
  on: {
    ApplicationSubmitted: submit,
    ...Object.fromEntries(Object.entries(outcomes).map(([type, outcome]) => [type, decide(outcome)])),
  },
})
