import { defineSchema } from "daybook"

const text = { type: "string" } as const
const amount = { type: "integer", minimum: 1 } as const
const stage = { enum: ["lead", "visitor", "member", "client", "supplier", "shipper"] } as const
const none = { type: "object", properties: {}, additionalProperties: false } as const
const because = {
  type: "object",
  properties: { event: text, id: text },
  required: ["event", "id"],
  additionalProperties: false,
} as const

const met = {
  type: "object",
  properties: { name: text, email: text },
  required: ["name", "email"],
  additionalProperties: false,
} as const
const page = { type: "object", properties: { page: text }, required: ["page"], additionalProperties: false } as const
const goods = { type: "object", properties: { goods: text }, required: ["goods"], additionalProperties: false } as const
const route = { type: "object", properties: { route: text }, required: ["route"], additionalProperties: false } as const
const plan = { type: "object", properties: { plan: text }, required: ["plan"], additionalProperties: false } as const
const finished = {
  type: "object",
  properties: { quote: text, amount },
  required: ["quote", "amount"],
  additionalProperties: false,
} as const
const order = {
  type: "object",
  properties: { quote: text, product: text, amount },
  required: ["quote", "product", "amount"],
  additionalProperties: false,
} as const
const letter = {
  type: "object",
  properties: {
    letter: { enum: ["special", "unfinished", "patience", "approved", "declined", "ordered"] },
    about: text,
    amount: { type: "integer" },
  },
  required: ["letter", "about"],
  additionalProperties: false,
} as const

// What follows from events by itself, and is nobody's to ask for.
const itself = { requires: "run" } as const
const staff = { requires: "decide" } as const

export const schema = defineSchema({
  daybook: 1,
  name: "funnel",
  version: 1,
  groups: { self: { label: "Themselves" }, staff: { label: "Who works here" }, everybody: { label: "Everybody" } },
  entities: {
    Person: {
      attributes: {
        name: { type: "string", required: true },
        email: { type: "string", required: true, unique: "identity" },
        stage: {
          type: "enum",
          required: true,
          values: {
            lead: "Lead",
            visitor: "Visitor",
            member: "Member",
            client: "Client",
            supplier: "Supplier",
            shipper: "Shipper",
          },
        },
        membership: { type: "enum", values: { asked: "Asked for", approved: "Approved", declined: "Declined" } },
        looked: { type: "string", many: true, doc: "The pages they have looked at" },
        ordered: { type: "string", many: true, doc: "The products they have ordered" },
      },
      assign: [
        { group: "self", when: { is: ["$self", "$security"] } },
        { group: "staff", when: { type: ["$security", "Employee"] } },
      ],
      permissions: { read: ["self", "staff"], write: ["self", "staff"], create: "staff", decide: "staff" },
    },
    Employee: {
      attributes: { name: { type: "string" } },
      assign: [{ group: "self", when: { is: ["$self", "$security"] } }],
      permissions: { read: "self", operate: "self" },
    },
    Product: {
      attributes: { name: { type: "string", required: true }, price: { type: "integer", required: true } },
      assign: [{ group: "everybody", when: true }],
      permissions: { read: "everybody" },
    },
    Special: {
      attributes: {
        title: { type: "string", required: true },
        product: { type: "ref", to: ["Product"], required: true },
      },
      assign: [{ group: "everybody", when: true }],
      permissions: { read: "everybody" },
    },
  },
  commands: {
    MeetPerson: { target: "Person", data: met },
    ViewPage: { target: "Person", data: page },
    OfferGoods: { target: "Person", data: goods },
    OfferCarriage: { target: "Person", data: route },
    MoveOn: {
      target: "Person",
      ...itself,
      data: {
        type: "object",
        properties: { to: stage, because },
        required: ["to", "because"],
        additionalProperties: false,
      },
    },

    ApplyForMembership: { target: "Person", data: plan },
    BecomeMember: { target: "Person", data: plan, ...itself, doc: "From the application to the welcome" },
    ApproveMembership: { target: "Person", data: none, ...staff },
    DeclineMembership: { target: "Person", data: none, ...staff },
    ReadWelcome: { target: "Person", data: none },

    RequestQuote: {
      target: "Person",
      data: { type: "object", properties: { product: text }, required: ["product"], additionalProperties: false },
      doc: "From the question what it costs to the order",
    },
    FinishQuote: { target: "Person", data: finished },
    PlaceOrder: { target: "Person", data: order },

    OfferSpecial: {
      target: "Person",
      data: none,
      ...itself,
      doc: "From the first visit to a click, or two weeks later",
    },
    SendEmail: { target: "Person", data: letter, ...itself },
  },
  events: {
    PersonMet: { stream: "Person", data: met },
    PageViewed: { stream: "Person", data: page },
    GoodsOffered: { stream: "Person", data: goods },
    CarriageOffered: { stream: "Person", data: route },
    StageReached: {
      stream: "Person",
      data: {
        type: "object",
        properties: { from: stage, to: stage, because },
        required: ["from", "to", "because"],
        additionalProperties: false,
      },
    },
    MembershipAsked: { stream: "Person", data: plan },
    MembershipApproved: { stream: "Person", data: none },
    MembershipDeclined: { stream: "Person", data: none },
    WelcomeRead: { stream: "Person", data: none },
    QuoteFinished: { stream: "Person", data: finished },
    OrderPlaced: { stream: "Person", data: order },
    EmailSent: {
      stream: "Person",
      data: {
        type: "object",
        properties: { subject: text, text },
        required: ["subject", "text"],
        additionalProperties: false,
      },
    },
    SpecialClicked: {
      stream: "Outside",
      data: {
        type: "object",
        properties: { special: text, person: text },
        required: ["special", "person"],
        additionalProperties: false,
      },
    },

    AlreadyKnown: { stream: "Person", rejection: true, data: none },
    NoSuchWay: {
      stream: "Person",
      rejection: true,
      data: {
        type: "object",
        properties: { from: stage, to: stage },
        required: ["from", "to"],
        additionalProperties: false,
      },
    },
    ForVisitorsOnly: { stream: "Person", rejection: true, data: none },
    NotAskedFor: { stream: "Person", rejection: true, data: none },
    MembershipNeeded: { stream: "Person", rejection: true, data: none },
  },
})
