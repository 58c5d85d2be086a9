import type { ImportedCommand, Importing, LogLine } from "daybook"
import { applicationSteps, offerSteps, workSteps } from "./activities.ts"

/** The offers of a case that are still open, oldest first, as far as the log has told. */
type OpenOffer = { readonly id: string; stage: "selected" | "created" | "sent" | "sentBack" }
type Case = { offers: number; open: OpenOffer[] }

/**
 * Turns the bank's log into commands. The log does not say which offer a line is about: an offer is made for each
 * `O_SELECTED`, and each later line is about the one that it can be about. A cancellation is about the oldest one, for
 * the bank cancels an offer when it makes the next.
 */
export const importing: Importing = () => {
  const cases = new Map<string, Case>()
  const caseOf = (id: string): Case => {
    const known = cases.get(id)
    if (known !== undefined) return known
    const made = { offers: 0, open: [] }
    cases.set(id, made)
    return made
  }
  return line => commandFor(line, caseOf(line.caseId))
}

function commandFor(line: LogLine, seen: Case): ImportedCommand | { skip: string } {
  const { activity, caseId, transition } = line
  if (isIn(applicationSteps, activity)) return applicationCommand(line, activity)
  if (isIn(offerSteps, activity)) {
    const id = offerFor(activity, caseId, seen)
    const data = activity === "O_SELECTED" ? { application: caseId, ...whoDid(line) } : whoDid(line)
    return {
      type: offerSteps[activity].command,
      target: { type: "Offer", id },
      data,
      ...when(line),
    }
  }
  if (!activity.startsWith("W_") || transition === null || !isIn(workSteps, transition))
    return { skip: `no step is called ${activity} ${transition}` }
  const work = activity.slice(2)
  const target = { type: "WorkItem", id: `${caseId}/${work}` }
  const { command } = workSteps[transition]
  return {
    type: command,
    target,
    data: transition === "SCHEDULE" ? { application: caseId, work, ...whoDid(line) } : whoDid(line),
    ...when(line),
  }
}

function isIn<Steps extends object>(steps: Steps, name: string): name is keyof Steps & string {
  return Object.hasOwn(steps, name)
}

function applicationCommand(line: LogLine, activity: keyof typeof applicationSteps): ImportedCommand {
  const target = { type: "Application", id: line.caseId }
  const { AMOUNT_REQ, REG_DATE } = line.caseAttributes
  const data =
    activity === "A_SUBMITTED"
      ? {
          amount: Number(AMOUNT_REQ ?? 0),
          ...(typeof REG_DATE === "string" ? { registeredAt: REG_DATE } : {}),
          ...whoDid(line),
        }
      : whoDid(line)
  return { type: applicationSteps[activity].command, target, data, ...when(line) }
}

function offerFor(step: keyof typeof offerSteps, caseId: string, seen: Case): string {
  const newest = (...stages: readonly OpenOffer["stage"][]) => seen.open.findLast(o => stages.includes(o.stage))
  const none = `${caseId}/offer-0`
  switch (step) {
    case "O_SELECTED": {
      const made: OpenOffer = { id: `${caseId}/offer-${++seen.offers}`, stage: "selected" }
      seen.open.push(made)
      return made.id
    }
    case "O_CREATED":
      return moved(newest("selected"), "created") ?? none
    case "O_SENT":
      return moved(newest("created"), "sent") ?? none
    case "O_SENT_BACK":
      return moved(newest("sent"), "sentBack") ?? none
    case "O_ACCEPTED":
    case "O_DECLINED":
      return ended(seen, newest("sentBack") ?? newest("sent")) ?? none
    case "O_CANCELLED":
      return ended(seen, seen.open.find(o => o.stage !== "selected") ?? seen.open[0]) ?? none
  }
}

function moved(offer: OpenOffer | undefined, stage: OpenOffer["stage"]): string | undefined {
  if (offer !== undefined) offer.stage = stage
  return offer?.id
}

function ended(seen: Case, offer: OpenOffer | undefined): string | undefined {
  seen.open = seen.open.filter(o => o !== offer)
  return offer?.id
}

function whoDid({ resource }: LogLine): { by?: string } {
  return resource === null ? {} : { by: resource }
}

function when({ at }: LogLine): { occurredAt?: string } {
  return at === null ? {} : { occurredAt: at }
}
