import { partsOf, type LogLine } from "daybook"
import { given, happened, testApp } from "daybook/testing"
import { describe, expect, test } from "vitest"
import app, { seed } from "./app.ts"
import { importing } from "./importing.ts"
import { talliesOf } from "./report.ts"
import { schema } from "./schema.ts"
import { activities, applications, months } from "./tallies.ts"

const { command, event, reject } = partsOf(schema)

const submitted = event("ApplicationSubmitted", { amount: 5_000 })
const confirmed = event("SubmissionConfirmed", {})
const preaccepted = event("ApplicationPreaccepted", {})
const finalized = [
  submitted,
  confirmed,
  preaccepted,
  event("ApplicationAccepted", {}),
  event("ApplicationFinalized", {}),
]
const selected = event("OfferSelected", { application: "a" })
const sent = [selected, event("OfferCreated", {}), event("OfferSent", {})]
const scheduled = event("WorkScheduled", { application: "a", work: "calling" })
const started = event("WorkStarted", { work: "calling" })

describe("an application", () => {
  test("goes from stage to stage [N33 N37]", () => {
    const { state } = given(app, submitted, confirmed)
      .when(command("PreacceptApplication", "a", {}))
      .then(preaccepted)
    expect(state?.["stage"]).toBe("preaccepted")
  })

  test("is submitted once, and skips no stage [N24 N61]", () => {
    given(app, submitted)
      .when(command("SubmitApplication", "a", { amount: 1 }))
      .thenRejected("ApplicationStepRefused")
    given(app, submitted)
      .when(command("AcceptApplication", "a", {}))
      .thenRejected("ApplicationStepRefused")
    given(app)
      .when(command("CancelApplication", "a", {}))
      .thenRejected("ApplicationStepRefused")
  })

  test("that is granted is approved, registered and activated in any order, each once [N24]", () => {
    const approved = event("ApplicationApproved", {})
    const activated = event("ApplicationActivated", {})
    const granted = given(app, ...finalized, activated)
    const { state } = granted.when(command("ApproveApplication", "a", {})).then(approved)
    expect(state).toMatchObject({ stage: "granted", activated: true, approved: true })
    granted.when(command("ActivateApplication", "a", {})).thenRejected("ApplicationStepRefused")
  })

  test("that has ended can neither be cancelled nor declined [N61]", () => {
    const ended = given(app, submitted, confirmed, event("ApplicationDeclined", {}))
    ended.when(command("CancelApplication", "a", {})).thenRejected("ApplicationStepRefused")
    ended
      .when(command("DeclineApplication", "a", {}))
      .thenRejected("ApplicationStepRefused")
      .thenNot("ApplicationDeclined")
  })
})

describe("an offer", () => {
  test("is accepted after it was sent, whether or not it came back [N24]", () => {
    given(app, ...sent)
      .when(command("AcceptOffer", "o", {}))
      .then(event("OfferAccepted", {}))
    given(app, ...sent, event("OfferReceived", {}))
      .when(command("AcceptOffer", "o", {}))
      .then(event("OfferAccepted", {}))
    given(app, selected)
      .when(command("AcceptOffer", "o", {}))
      .thenRejected("OfferStepRefused")
  })

  test("that was cancelled stays so [N61]", () => {
    given(app, ...sent, event("OfferCancelled", {}))
      .when(command("AcceptOffer", "o", {}))
      .thenRejected("OfferStepRefused")
  })
})

describe("work", () => {
  test("is done in sessions, each started before it is completed [N24]", () => {
    given(app, scheduled)
      .when(command("StartWork", "w", { by: "112" }))
      .then(event("WorkStarted", { by: "112", work: "calling" }))
    given(app, scheduled, started)
      .when(command("CompleteWork", "w", {}))
      .then(event("WorkCompleted", { work: "calling" }))
    given(app, scheduled, started)
      .when(command("StartWork", "w", {}))
      .thenRejected("WorkStepRefused")
    given(app, scheduled)
      .when(command("CompleteWork", "w", {}))
      .thenRejected("WorkStepRefused")
    given(app)
      .when(command("StartWork", "w", {}))
      .thenRejected("WorkStepRefused")
  })
})

describe("the tallies", () => {
  const at = "2011-10-01T00:38:44.546+02:00"

  test("count every line, and those that the rules refuse apart [N45]", () => {
    const refused = { step: "CompleteWork", stage: "waiting", reason: "nobody has started it", work: "calling" }
    const events = [happened(started, { to: "w" }), happened(reject("WorkStepRefused", refused), { to: "w" })]
    given(activities, ...events).thenRow("W_calling/START", { lines: 1, refused: 0 })
    given(activities, ...events).thenRow("W_calling/COMPLETE", { lines: 1, refused: 1 })
  })

  test("count per month of the time as it was written [N45]", () => {
    given(months, happened(submitted, { to: "a", at: at })).thenRow("2011-10/A", { lines: 1 })
  })

  test("time an application from its submission to the first decision [N45]", () => {
    const decided = happened(event("ApplicationApproved", {}), { to: "a", at: "2011-10-01T01:38:45.500+02:00" })
    const later = happened(event("ApplicationActivated", {}), { to: "a", at: "2011-10-03T01:00:00.000+02:00" })
    given(applications, happened(submitted, { to: "a", at: at }), decided, later).thenRow("a", {
      amount: 5_000,
      submittedAt: at,
      outcome: "activated",
      decidedAt: "2011-10-01T01:38:45.500+02:00",
      secondsToDecision: 3_600,
    })
  })
})

describe("the bank's log", () => {
  const line = (activity: string, more: Partial<LogLine> = {}): LogLine => ({
    number: 1,
    caseId: "173688",
    activity,
    transition: "COMPLETE",
    at: "2011-10-01T00:38:44.546+02:00",
    resource: "112",
    caseAttributes: { AMOUNT_REQ: "20000" },
    attributes: {},
    ...more,
  })

  test("names no offers: each line is about the one that it can be about [N35]", () => {
    const commandOf = importing()
    const steps = [
      "O_SELECTED",
      "O_CREATED",
      "O_SENT",
      "O_SELECTED",
      "O_CANCELLED",
      "O_CREATED",
      "O_SENT",
      "O_SENT_BACK",
      "O_ACCEPTED",
    ]
    const asked = steps
      .map(step => commandOf(line(step)))
      .map(c => ("skip" in c ? c.skip : `${c.type} ${c.target?.id}`))
    expect(asked).toEqual([
      "SelectOffer 173688/offer-1",
      "CreateOffer 173688/offer-1",
      "SendOffer 173688/offer-1",
      "SelectOffer 173688/offer-2",
      "CancelOffer 173688/offer-1",
      "CreateOffer 173688/offer-2",
      "SendOffer 173688/offer-2",
      "ReceiveOffer 173688/offer-2",
      "AcceptOffer 173688/offer-2",
    ])
  })

  test("keeps when it happened and who did it, and says what it does not know [N34 W19]", () => {
    const commandOf = importing()
    expect(commandOf(line("A_SUBMITTED"))).toEqual({
      type: "SubmitApplication",
      target: { type: "Application", id: "173688" },
      data: { amount: 20_000, by: "112" },
      occurredAt: "2011-10-01T00:38:44.546+02:00",
    })
    expect(commandOf(line("X_UNHEARD"))).toEqual({ skip: "no step is called X_UNHEARD COMPLETE" })
  })
})

test("the seed is a small bank of which everything can be told [N46 N51]", async () => {
  const bank = await testApp(app)
  for (const { type, target, data, occurredAt } of seed) {
    await bank.send(type, target, data, occurredAt === undefined ? {} : { occurredAt })
  }
  await bank.settle()
  expect(await talliesOf(bank.daybook)).toMatchObject({
    lines: seed.length,
    cases: 2,
    casesByOutcome: { activated: 0, declined: 1, cancelled: 0, undecided: 1 },
    refused: { "A_APPROVED/COMPLETE": 1 },
    amountByOutcome: { declined: { count: 1, sum: 5_000 }, undecided: { count: 1, sum: 12_000 } },
    secondsToDecisionByOutcome: { declined: { count: 1, median: 60 } },
  })
  await bank.close()
})
