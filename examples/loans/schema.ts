import { defineSchema } from "daybook"

const by = { by: { type: "string" } } as const
const anyone = { type: "object", properties: by, additionalProperties: false } as const
const nothing = { type: "object", additionalProperties: false } as const
const refused = {
  type: "object",
  properties: { step: { type: "string" }, stage: { type: "string" }, reason: { type: "string" }, ...by },
  required: ["step", "stage", "reason"],
  additionalProperties: false,
} as const
const submitted = {
  type: "object",
  properties: { amount: { type: "integer", minimum: 0 }, registeredAt: { type: "string" }, ...by },
  required: ["amount"],
  additionalProperties: false,
} as const
const offerOf = {
  type: "object",
  properties: { application: { type: "string" }, ...by },
  required: ["application"],
  additionalProperties: false,
} as const
const scheduled = {
  type: "object",
  properties: { application: { type: "string" }, work: { type: "string" }, ...by },
  required: ["application", "work"],
  additionalProperties: false,
} as const

/** A bank's loan applications, the offers it makes for them, and the work that people do on them. */
export const schema = defineSchema({
  daybook: 1,
  name: "loans",
  version: 1,
  entities: {
    Application: {
      attributes: {
        amount: { type: "integer", minimum: 0, label: "Amount asked for, in euro" },
        registeredAt: { type: "string" },
        stage: {
          type: "enum",
          index: true,
          values: {
            submitted: "Submitted",
            partlySubmitted: "Partly submitted",
            preaccepted: "Preaccepted",
            accepted: "Accepted",
            finalized: "Finalized",
            granted: "Granted",
            declined: "Declined",
            cancelled: "Cancelled",
          },
        },
        approved: { type: "boolean" },
        registered: { type: "boolean" },
        activated: { type: "boolean" },
      },
    },
    Offer: {
      attributes: {
        application: { type: "ref", to: ["Application"], required: true },
        stage: {
          type: "enum",
          values: {
            selected: "Selected",
            created: "Created",
            sent: "Sent",
            sentBack: "Sent back",
            accepted: "Accepted",
            declined: "Declined",
            cancelled: "Cancelled",
          },
        },
      },
    },
    WorkItem: {
      attributes: {
        application: { type: "ref", to: ["Application"], required: true },
        work: { type: "string", required: true },
        busy: { type: "boolean", default: false },
        scheduled: { type: "integer", default: 0 },
        sessions: { type: "integer", default: 0 },
        by: { type: "string" },
      },
    },
  },
  commands: {
    SubmitApplication: { target: "Application", data: submitted },
    ConfirmSubmission: { target: "Application", data: anyone },
    PreacceptApplication: { target: "Application", data: anyone },
    AcceptApplication: { target: "Application", data: anyone },
    FinalizeApplication: { target: "Application", data: anyone },
    ApproveApplication: { target: "Application", data: anyone },
    RegisterApplication: { target: "Application", data: anyone },
    ActivateApplication: { target: "Application", data: anyone },
    DeclineApplication: { target: "Application", data: anyone },
    CancelApplication: { target: "Application", data: anyone },
    HandleApplication: { target: "Application", data: nothing },
    HandleOffer: { target: "Offer", data: nothing },
    CallCustomer: { target: "Offer", data: anyone },
    DoWork: { target: "WorkItem", data: nothing },
    SelectOffer: { target: "Offer", data: offerOf },
    CreateOffer: { target: "Offer", data: anyone },
    SendOffer: { target: "Offer", data: anyone },
    ReceiveOffer: { target: "Offer", data: anyone },
    AcceptOffer: { target: "Offer", data: anyone },
    DeclineOffer: { target: "Offer", data: anyone },
    CancelOffer: { target: "Offer", data: anyone },
    ScheduleWork: { target: "WorkItem", data: scheduled },
    StartWork: { target: "WorkItem", data: anyone },
    CompleteWork: { target: "WorkItem", data: anyone },
  },
  events: {
    ApplicationSubmitted: { stream: "Application", data: submitted },
    SubmissionConfirmed: { stream: "Application", data: anyone },
    ApplicationPreaccepted: { stream: "Application", data: anyone },
    ApplicationAccepted: { stream: "Application", data: anyone },
    ApplicationFinalized: { stream: "Application", data: anyone },
    ApplicationApproved: { stream: "Application", data: anyone },
    ApplicationRegistered: { stream: "Application", data: anyone },
    ApplicationActivated: { stream: "Application", data: anyone },
    ApplicationDeclined: { stream: "Application", data: anyone },
    ApplicationCancelled: { stream: "Application", data: anyone },
    ApplicationStepRefused: { stream: "Application", rejection: true, data: refused },
    OfferSelected: { stream: "Offer", data: offerOf },
    OfferCreated: { stream: "Offer", data: anyone },
    OfferSent: { stream: "Offer", data: anyone },
    CustomerCalled: { stream: "Offer", data: anyone },
    OfferReceived: { stream: "Offer", data: anyone },
    OfferAccepted: { stream: "Offer", data: anyone },
    OfferDeclined: { stream: "Offer", data: anyone },
    OfferCancelled: { stream: "Offer", data: anyone },
    OfferStepRefused: { stream: "Offer", rejection: true, data: refused },
    WorkScheduled: { stream: "WorkItem", data: scheduled },
    WorkStarted: { stream: "WorkItem", data: { ...anyone, properties: { work: { type: "string" }, ...by } } },
    WorkCompleted: { stream: "WorkItem", data: { ...anyone, properties: { work: { type: "string" }, ...by } } },
    WorkStepRefused: {
      stream: "WorkItem",
      rejection: true,
      data: { ...refused, properties: { ...refused.properties, work: { type: "string" } } },
    },
  },
})
