/** How the bank's system calls what it logs, and what that is here. */
export const applicationSteps = {
  A_SUBMITTED: { command: "SubmitApplication", event: "ApplicationSubmitted" },
  A_PARTLYSUBMITTED: { command: "ConfirmSubmission", event: "SubmissionConfirmed" },
  A_PREACCEPTED: { command: "PreacceptApplication", event: "ApplicationPreaccepted" },
  A_ACCEPTED: { command: "AcceptApplication", event: "ApplicationAccepted" },
  A_FINALIZED: { command: "FinalizeApplication", event: "ApplicationFinalized" },
  A_APPROVED: { command: "ApproveApplication", event: "ApplicationApproved" },
  A_REGISTERED: { command: "RegisterApplication", event: "ApplicationRegistered" },
  A_ACTIVATED: { command: "ActivateApplication", event: "ApplicationActivated" },
  A_DECLINED: { command: "DeclineApplication", event: "ApplicationDeclined" },
  A_CANCELLED: { command: "CancelApplication", event: "ApplicationCancelled" },
} as const

export const offerSteps = {
  O_SELECTED: { command: "SelectOffer", event: "OfferSelected" },
  O_CREATED: { command: "CreateOffer", event: "OfferCreated" },
  O_SENT: { command: "SendOffer", event: "OfferSent" },
  O_SENT_BACK: { command: "ReceiveOffer", event: "OfferReceived" },
  O_ACCEPTED: { command: "AcceptOffer", event: "OfferAccepted" },
  O_DECLINED: { command: "DeclineOffer", event: "OfferDeclined" },
  O_CANCELLED: { command: "CancelOffer", event: "OfferCancelled" },
} as const

export const workSteps = {
  SCHEDULE: { command: "ScheduleWork", event: "WorkScheduled" },
  START: { command: "StartWork", event: "WorkStarted" },
  COMPLETE: { command: "CompleteWork", event: "WorkCompleted" },
} as const

const caseSteps = { ...applicationSteps, ...offerSteps }
const activityNames = namesOf(caseSteps)
const transitionNames = namesOf(workSteps)

/** What the bank's log calls an event or a command of ours, as `activity/transition`. */
export function activityOf(name: string, work: string | undefined): string {
  const activity = activityNames.get(name)
  return activity === undefined ? `W_${work ?? "?"}/${transitionNames.get(name) ?? "?"}` : `${activity}/COMPLETE`
}

function namesOf(steps: Readonly<Record<string, { command: string; event: string }>>): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const [name, { command, event }] of Object.entries(steps)) names.set(command, name).set(event, name)
  return names
}
