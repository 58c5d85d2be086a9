import { daybook } from "../../app/define.ts"
import type { DecisionContext, EvolvedEvent } from "../../kernel/aggregate.ts"
import type { App, Importing } from "../../kernel/app.ts"
import { sameJson, type JsonObject } from "../../kernel/json.ts"
import { event } from "../../kernel/message.ts"

/** What one line says, as a command and as an event. */
type Line = {
  readonly activity: string
  readonly transition?: string
  readonly resource?: string
  readonly attributes?: JsonObject
  /** In an event only where they are others than before. */
  readonly caseAttributes?: JsonObject
  /** In an event only, and only where the log says no time: when it was taken in. */
  readonly at?: string
}

type Case = {
  readonly activity?: string
  readonly lastAt?: string
  readonly count?: number
  readonly caseAttributes?: JsonObject
}

const line = {
  type: "object",
  properties: {
    activity: { type: "string" },
    transition: { type: "string" },
    resource: { type: "string" },
    attributes: { type: "object" },
    caseAttributes: { type: "object" },
    at: { type: "string" },
  },
  required: ["activity"],
  additionalProperties: false,
}

const schema = {
  daybook: 1,
  name: "cases",
  version: 1,
  entities: {
    Case: {
      attributes: {
        activity: { type: "string", doc: "What happened last" },
        lastAt: { type: "instant", doc: "When that was" },
        count: { type: "integer", doc: "How many lines are about it" },
        caseAttributes: { type: "json", doc: "What the log says about the case as a whole" },
      },
    },
  },
  commands: { RecordLine: { target: "Case", data: line } },
  events: { LineRecorded: { stream: "Case", data: line } },
}

const cases = {
  kind: "aggregate",
  type: "Case",
  decide: {
    RecordLine({ caseAttributes, ...said }: Line, state: Case, { command, now }: DecisionContext) {
      const isKnown = caseAttributes === undefined || sameJson(caseAttributes, state.caseAttributes)
      const timed = command.occurredAt === undefined ? { ...said, at: now } : said
      return event("LineRecorded", isKnown ? timed : { ...timed, caseAttributes })
    },
  },
  evolve: {
    LineRecorded({ count = 0, ...state }: Case, line: Line, { occurredAt }: EvolvedEvent) {
      const { activity, caseAttributes, at = occurredAt } = line
      // A line without a time of its own has the one that it was decided at.
      const lastAt = at === undefined ? {} : { lastAt: new Date(at).toISOString() }
      return {
        ...state,
        ...lastAt,
        activity,
        count: count + 1,
        ...(caseAttributes === undefined ? {} : { caseAttributes }),
      }
    },
  },
} as const

const importing: Importing =
  () =>
  ({ caseId, at, activity, transition, resource, attributes, caseAttributes }) => ({
    type: "RecordLine",
    target: { type: "Case", id: caseId },
    data: {
      activity,
      ...(transition === null ? {} : { transition }),
      ...(resource === null ? {} : { resource }),
      ...(isEmpty(attributes) ? {} : { attributes }),
      ...(isEmpty(caseAttributes) ? {} : { caseAttributes }),
    },
    ...(at === null ? {} : { occurredAt: at }),
  })

function isEmpty(attributes: object): boolean {
  for (const _name in attributes) return false
  return true
}

/** Keeps any log: an entity for each case, an event for each line. */
export const caseApp: App = daybook({ schema, aggregates: [cases], importing })
