import { daybook, type Command } from "daybook"
import { Application } from "./application.ts"
import { doWork, handleApplication, handleOffer } from "./handling.ts"
import { importing } from "./importing.ts"
import { Offer } from "./offer.ts"
import { schema } from "./schema.ts"
import { activities, applications, months } from "./tallies.ts"
import { WorkItem } from "./work-item.ts"

/** A few applications to look at, for a daybook that is empty. */
export const seed: readonly Omit<Command, "id">[] = [
  ...submitted("application-1", 12_000, "2026-11-02T09:14:00+01:00"),
  step("PreacceptApplication", "Application", "application-1", "2026-11-02T09:20:00+01:00"),
  {
    ...step("ScheduleWork", "WorkItem", "application-1/complete", "2026-11-02T09:20:10+01:00"),
    data: { application: "application-1", work: "Complete the application" },
  },
  step("StartWork", "WorkItem", "application-1/complete", "2026-11-03T10:00:00+01:00"),
  step("AcceptApplication", "Application", "application-1", "2026-11-03T10:12:00+01:00"),
  {
    ...step("SelectOffer", "Offer", "application-1/offer-1", "2026-11-03T10:13:00+01:00"),
    data: { application: "application-1" },
  },
  step("CreateOffer", "Offer", "application-1/offer-1", "2026-11-03T10:13:20+01:00"),
  step("SendOffer", "Offer", "application-1/offer-1", "2026-11-03T10:13:30+01:00"),
  step("CompleteWork", "WorkItem", "application-1/complete", "2026-11-03T10:14:00+01:00"),
  step("FinalizeApplication", "Application", "application-1", "2026-11-03T10:14:10+01:00"),
  ...submitted("application-2", 5_000, "2026-11-04T15:30:00+01:00"),
  step("DeclineApplication", "Application", "application-2", "2026-11-04T15:31:00+01:00"),
  step("ApproveApplication", "Application", "application-2", "2026-11-05T08:00:00+01:00"),
]

function submitted(id: string, amount: number, at: string): readonly Omit<Command, "id">[] {
  const submit = { ...step("SubmitApplication", "Application", id, at), data: { amount } }
  return [submit, step("ConfirmSubmission", "Application", id, at)]
}

function step(type: string, entity: string, id: string, occurredAt: string): Omit<Command, "id"> {
  return { type, target: { type: entity, id }, data: { by: "seed" }, occurredAt }
}

export default daybook({
  schema,
  aggregates: [Application, Offer, WorkItem],
  workflows: [handleApplication, handleOffer, doWork],
  projections: [activities, months, applications],
  importing,
})
