import { partsOf, type StateOf } from "daybook"
import { schema } from "./schema.ts"

const { aggregate, event, reject } = partsOf(schema)

type State = StateOf<typeof schema, "Offer">
type Stage = NonNullable<State["stage"]>
type Who = { readonly by?: string }

function unless(state: State, step: string, stages: readonly Stage[], { by }: Who) {
  if (state.stage !== undefined && stages.includes(state.stage)) return null
  const reason = `it takes an offer that is ${stages.join(" or ")}`
  return reject("OfferStepRefused", { step, stage: state.stage ?? "none", reason, ...(by === undefined ? {} : { by }) })
}

/** What happens to one offer for an application: an application can have several. */
export const Offer = aggregate("Offer", {
  decide: {
    HandleOffer: "by workflow",
    CallCustomer: (who, state) => unless(state, "CallCustomer", ["sent"], who) ?? event("CustomerCalled", who),
    SelectOffer: (data, state, { exists }) =>
      exists
        ? reject("OfferStepRefused", {
            step: "SelectOffer",
            stage: state.stage ?? "none",
            reason: "it has been selected already",
          })
        : event("OfferSelected", data),
    CreateOffer: (who, state) => unless(state, "CreateOffer", ["selected"], who) ?? event("OfferCreated", who),
    SendOffer: (who, state) => unless(state, "SendOffer", ["created"], who) ?? event("OfferSent", who),
    ReceiveOffer: (who, state) => unless(state, "ReceiveOffer", ["sent"], who) ?? event("OfferReceived", who),
    AcceptOffer: (who, state) => unless(state, "AcceptOffer", ["sent", "sentBack"], who) ?? event("OfferAccepted", who),
    DeclineOffer: (who, state) =>
      unless(state, "DeclineOffer", ["sent", "sentBack"], who) ?? event("OfferDeclined", who),
    CancelOffer: (who, state) =>
      unless(state, "CancelOffer", ["selected", "created", "sent", "sentBack"], who) ?? event("OfferCancelled", who),
  },
  evolve: {
    OfferSelected: (state, { application }) => ({ ...state, application, stage: "selected" }),
    OfferCreated: state => ({ ...state, stage: "created" }),
    OfferSent: state => ({ ...state, stage: "sent" }),
    CustomerCalled: state => state,
    OfferReceived: state => ({ ...state, stage: "sentBack" }),
    OfferAccepted: state => ({ ...state, stage: "accepted" }),
    OfferDeclined: state => ({ ...state, stage: "declined" }),
    OfferCancelled: state => ({ ...state, stage: "cancelled" }),
  },
})
