import type { Aggregate } from "../kernel/aggregate.ts"
import type { App } from "../kernel/app.ts"
import { unreachable } from "../kernel/refusal.ts"
import type { Processor } from "../kernel/processor.ts"
import type { Projection } from "../kernel/projection.ts"
import type { Workflow } from "../kernel/workflow.ts"
import type { Given } from "./given/happened.ts"
import { givenProcessor, type GivenProcessor } from "./given/processor.ts"
import { givenRows, type GivenRows } from "./given/rows.ts"
import { givenState, type GivenState } from "./given/state.ts"
import { givenWorkflow, type GivenWorkflow } from "./given/workflow.ts"

export { happened, type Circumstances, type Given, type Happened } from "./given/happened.ts"
export type { GivenProcessor, Reacting } from "./given/processor.ts"
export type { Known } from "./given/reaction.ts"
export type { GivenRows } from "./given/rows.ts"
export type { Checked, Decided, GivenState } from "./given/state.ts"
export type { ChildEnded, GivenWorkflow, Lived, Living } from "./given/workflow.ts"

/**
 * Tests one part of an application by what goes in and what comes out, without a store, a clock or the outside.
 *
 *     given(roster, event("PeriodAdded", { period })).in(app)
 *       .when(command("EnrollStudent", "r", { student, period }))
 *       .then(event("StudentEnrolled", { student, period }))
 *
 *     await given(remind).using({ mail }).when(event("LoanOverdue", { loan })).thenAdapter("mail").called("send")
 *
 *     given(whoIsWhere, happened(event("StudentEnrolled", { student, period }), { to: "r" })).thenRow(period, { … })
 *
 *     await given(becomeMember).in(app).start(command("BecomeMember", "ann", { plan: "gold" })).after("30 minutes").thenSends(…)
 *
 * An aggregate, or an app whose aggregates are asked for the one that decides the command: what happened, a command,
 * what happens. A processor: an event, the commands it asks for and what it asks of adapters. A projection: events, rows. A
 * workflow: what comes, step by step, and what it asks and waits for.
 */
export function given(subject: Aggregate | App, ...events: readonly Given[]): GivenState
export function given(subject: Processor): GivenProcessor
export function given(subject: Projection, ...events: readonly Given[]): GivenRows
export function given(subject: Workflow): GivenWorkflow
export function given(
  subject: Aggregate | App | Processor | Projection | Workflow,
  ...events: readonly Given[]
): GivenState | GivenProcessor | GivenRows | GivenWorkflow {
  switch (subject.kind) {
    case "aggregate":
    case "app":
      return givenState(subject, events)
    case "processor":
      return givenProcessor(subject)
    case "projection":
      return givenRows(subject, events)
    case "workflow":
      return givenWorkflow(subject)
    default:
      return unreachable(subject)
  }
}
