import { done, in_, partsOf, step } from "daybook"
import { schema } from "./schema.ts"

const { command, workflow } = partsOf(schema)

/** What is remembered of an application: how many offers were made, and which of the last three steps are done. */
type Handling = { readonly offers: number; readonly granted: readonly string[] }

/** Where an offer stands, and how often the customer was called about it. */
type Offering = { readonly sent: boolean; readonly calls: number }

const lastSteps = ["approved", "registered", "activated"]

/**
 * The bank's handling of one application, from its submission to the decision. Each offer and each piece of work is a
 * child. When the customer has let the last offer lie for thirty days, the bank cancels the application.
 */
export const handleApplication = workflow("HandleApplication", {
  startedBy: { ApplicationSubmitted: ({ stream }) => ({ to: stream.id, data: {} }) },
  start: ({ target: { id } }) =>
    step<Handling>({ offers: 0, granted: [] })
      .wait("declined", { "@stream": id })
      .wait("cancelled", { "@stream": id })
      .wait("approved", { "@stream": id })
      .wait("registered", { "@stream": id })
      .wait("activated", { "@stream": id })
      .wait("selected", { application: id }, { mode: "each" })
      .wait("scheduled", { application: id }, { mode: "each" }),
  on: ({ heard, ended }) => ({
    declined: heard("ApplicationDeclined", () => decided("declined")),
    cancelled: heard("ApplicationCancelled", () => decided("cancelled")),
    approved: heard("ApplicationApproved", ({ data }) => granted(data, "approved")),
    registered: heard("ApplicationRegistered", ({ data }) => granted(data, "registered")),
    activated: heard("ApplicationActivated", ({ data }) => granted(data, "activated")),
    selected: heard("OfferSelected", ({ data, event }) =>
      step({ ...data, offers: data.offers + 1 }).spawn("offer", command("HandleOffer", event.stream.id, {})),
    ),
    offer: ended("HandleOffer", ({ data, outcome, pending, target }) => {
      const isSilent = outcome.result === "silence"
      // While there is another offer the customer may still take that.
      if (!isSilent || pending > 0) return step(data)
      return step(data).send(command("CancelApplication", target.id, { by: "thirty days of silence" }))
    }),
    scheduled: heard("WorkScheduled", ({ data, event }) =>
      step(data).spawn("work", command("DoWork", event.stream.id, {})),
    ),
    work: ended("DoWork", ({ data }) => step(data)),
  }),
})

function decided(outcome: string) {
  return done({ outcome }).abort("offer").abort("work")
}

function granted(data: Handling, what: string) {
  const steps = [...data.granted, what]
  return lastSteps.every(one => steps.includes(one)) ? decided("granted") : step({ ...data, granted: steps })
}

/** One offer: when it is sent the customer is called a week later, and again; after thirty days nobody waits any more. */
export const handleOffer = workflow("HandleOffer", {
  start: ({ target: { id } }) =>
    step<Offering>({ sent: false, calls: 0 })
      .wait("sent", { "@stream": id })
      .wait("received", { "@stream": id }, { mode: "each" })
      .wait("accepted", { "@stream": id })
      .wait("declined", { "@stream": id })
      .wait("cancelled", { "@stream": id }),
  on: ({ heard }) => ({
    sent: heard("OfferSent", ({ data }) =>
      step({ ...data, sent: true })
        .timer("call", in_("7 days"))
        .timer("silence", in_("30 days")),
    ),
    received: heard("OfferReceived", ({ data }) => step(data).cancel("call", "silence")),
    accepted: heard("OfferAccepted", () => done("accepted")),
    declined: heard("OfferDeclined", () => done("declined")),
    cancelled: heard("OfferCancelled", () => done("cancelled")),
    call: ({ data, target }) => {
      const call = step({ ...data, calls: data.calls + 1 }).send(command("CallCustomer", target.id, {}))
      return data.calls + 1 < 3 ? call.timer("call", in_("7 days")) : call
    },
    silence: () => done("silence"),
  }),
})

/** One piece of work: it is done when somebody has completed it. */
export const doWork = workflow("DoWork", {
  start: ({ target: { id } }) => step({}).wait("completed", { "@stream": id }),
  on: ({ heard }) => ({
    completed: heard("WorkCompleted", ({ event }) => done({ by: event.data.by ?? null })),
  }),
})
