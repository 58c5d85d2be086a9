import { aggregate, event, reject } from "./parts.ts"
import { leadsTo } from "./stages.ts"

/** Somebody whom we have met: what they do, how far they have come, and whether they may order. */
export const person = aggregate("Person", {
  decide: {
    MeetPerson: (data, _state, { exists }) => (exists ? reject("AlreadyKnown", {}) : event("PersonMet", data)),
    ViewPage: data => event("PageViewed", data),
    OfferGoods: data => event("GoodsOffered", data),
    OfferCarriage: data => event("CarriageOffered", data),
    MoveOn: ({ to, because }, { stage: from }) =>
      leadsTo(from, to) ? event("StageReached", { from, to, because }) : reject("NoSuchWay", { from, to }),

    ApplyForMembership: (data, { stage, membership }) =>
      stage === "visitor" && membership !== "asked" ? event("MembershipAsked", data) : reject("ForVisitorsOnly", {}),
    BecomeMember: "by workflow",
    ApproveMembership: (_data, { membership }) =>
      membership === "asked" ? event("MembershipApproved", {}) : reject("NotAskedFor", {}),
    DeclineMembership: (_data, { membership }) =>
      membership === "asked" ? event("MembershipDeclined", {}) : reject("NotAskedFor", {}),
    ReadWelcome: (_data, { membership }) =>
      membership === "approved" ? event("WelcomeRead", {}) : reject("NotAskedFor", {}),

    RequestQuote: "by workflow",
    FinishQuote: data => event("QuoteFinished", data),
    PlaceOrder: (data, { stage }) =>
      stage === "member" || stage === "client" ? event("OrderPlaced", data) : reject("MembershipNeeded", {}),

    OfferSpecial: "by workflow",
    SendEmail: "by handler",
  },
  evolve: {
    PersonMet: (state, data) => ({ ...state, ...data, stage: "lead" }),
    PageViewed: (state, { page }) => ({ ...state, looked: [...state.looked.filter(one => one !== page), page] }),
    GoodsOffered: state => state,
    CarriageOffered: state => state,
    StageReached: (state, { to }) => ({ ...state, stage: to }),
    MembershipAsked: state => ({ ...state, membership: "asked" }),
    MembershipApproved: state => ({ ...state, membership: "approved" }),
    MembershipDeclined: state => ({ ...state, membership: "declined" }),
    WelcomeRead: state => state,
    QuoteFinished: state => state,
    OrderPlaced: (state, { product }) => ({
      ...state,
      ordered: [...state.ordered.filter(one => one !== product), product],
    }),
    EmailSent: state => state,
  },
})
