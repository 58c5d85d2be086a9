import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { WriteOutcome } from "../ports/write.ts"
import { errorJson } from "./failure.ts"
import type { Job } from "./job.ts"

/**
 * What to do with a job of which what follows could not be recorded; of most interest is what has come to a lasting command.
 *
 * refuse   It is new, or a person said it: nothing of it is there, and who asked is told.
 * again    It may pass, or has not been tried often enough. After so many times the instance is to be stuck instead, first
 *          with what has come, and where that cannot be recorded either, without it.
 */
export function afterUnfit(job: Job, error: unknown): "again" | "refuse" {
  if (job.arrivals === null) return job.instance === null ? "refuse" : "again"
  if (mayPass(error)) return "again"
  if (job.arrivals.every(({ kind }) => kind === "change" || kind === "resume" || kind === "fail")) return "refuse"
  if (++job.unfit < limits.attemptsMax) return "again"
  job.unfit = job.unwritten = 0
  job.stuckFor = { reason: errorJson(error), isBare: job.stuckFor !== null }
  return "again"
}

/** Whether a write that dropped out was not overtaken, but is one that the store cannot take: of what came to somebody. */
export function isUnfit({ form }: Job, outcome: WriteOutcome): boolean {
  return form === "wake" && outcome.kind === "conflict" && outcome.isUnfit === true
}

function mayPass(error: unknown): boolean {
  return error instanceof Refusal && errorJson(error)["class"] === "system"
}
