import { partsOf, type StateOf } from "daybook"
import { schema } from "./schema.ts"

const { aggregate, event, reject } = partsOf(schema)

type State = StateOf<typeof schema, "Application">
type Stage = NonNullable<State["stage"]>
type Who = { readonly by?: string }

const open: readonly Stage[] = ["submitted", "partlySubmitted", "preaccepted", "accepted", "finalized"]

// What the bank holds against a step: none of it is known by its events alone, so each answer names it.
function refusal(step: string, { stage }: State, reason: string, { by }: Who) {
  return reject("ApplicationStepRefused", { step, stage: stage ?? "none", reason, ...(by === undefined ? {} : { by }) })
}

function unless(state: State, step: string, stages: readonly Stage[], who: Who) {
  if (state.stage !== undefined && stages.includes(state.stage)) return null
  return refusal(step, state, `it takes an application that is ${stages.join(" or ")}`, who)
}

// The last three steps of a granted application come in any order, each once.
function grant(state: State, step: string, done: boolean | undefined, who: Who) {
  if (done === true) return refusal(step, state, "it has been done already", who)
  return unless(state, step, ["finalized", "granted"], who)
}

/** What happens to an application for a loan, from its submission to the decision. */
export const Application = aggregate("Application", {
  decide: {
    HandleApplication: "by workflow",
    SubmitApplication: (data, state, { exists }) =>
      exists
        ? refusal("SubmitApplication", state, "it has been submitted already", data)
        : event("ApplicationSubmitted", data),
    ConfirmSubmission: (who, state) =>
      unless(state, "ConfirmSubmission", ["submitted"], who) ?? event("SubmissionConfirmed", who),
    PreacceptApplication: (who, state) =>
      unless(state, "PreacceptApplication", ["partlySubmitted"], who) ?? event("ApplicationPreaccepted", who),
    AcceptApplication: (who, state) =>
      unless(state, "AcceptApplication", ["preaccepted"], who) ?? event("ApplicationAccepted", who),
    FinalizeApplication: (who, state) =>
      unless(state, "FinalizeApplication", ["accepted"], who) ?? event("ApplicationFinalized", who),
    ApproveApplication: (who, state) =>
      grant(state, "ApproveApplication", state.approved, who) ?? event("ApplicationApproved", who),
    RegisterApplication: (who, state) =>
      grant(state, "RegisterApplication", state.registered, who) ?? event("ApplicationRegistered", who),
    ActivateApplication: (who, state) =>
      grant(state, "ActivateApplication", state.activated, who) ?? event("ApplicationActivated", who),
    DeclineApplication: (who, state) =>
      unless(state, "DeclineApplication", open, who) ?? event("ApplicationDeclined", who),
    CancelApplication: (who, state) =>
      unless(state, "CancelApplication", open, who) ?? event("ApplicationCancelled", who),
  },
  evolve: {
    ApplicationSubmitted: (state, { amount, registeredAt }) => ({
      ...state,
      amount,
      stage: "submitted",
      ...(registeredAt === undefined ? {} : { registeredAt }),
    }),
    SubmissionConfirmed: state => ({ ...state, stage: "partlySubmitted" }),
    ApplicationPreaccepted: state => ({ ...state, stage: "preaccepted" }),
    ApplicationAccepted: state => ({ ...state, stage: "accepted" }),
    ApplicationFinalized: state => ({ ...state, stage: "finalized" }),
    ApplicationApproved: state => ({ ...state, stage: "granted", approved: true }),
    ApplicationRegistered: state => ({ ...state, stage: "granted", registered: true }),
    ApplicationActivated: state => ({ ...state, stage: "granted", activated: true }),
    ApplicationDeclined: state => ({ ...state, stage: "declined" }),
    ApplicationCancelled: state => ({ ...state, stage: "cancelled" }),
  },
})
