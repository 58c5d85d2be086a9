import type { Committed, Write, WriteOutcome } from "../ports/write.ts"
import type { Decided } from "./batch.ts"
import type { Failed } from "./commit-all.ts"
import { asRefusal } from "./failure.ts"
import type { Job } from "./job.ts"
import { committed } from "./record.ts"

/** A housekeeping write that goes along with the next batch. */
export type Chore = {
  readonly write: Write
  readonly resolve: (outcome: WriteOutcome) => void
  readonly reject: (error: unknown) => void
}

/** A job that was decided, and which of the writes of its commit is its own. */
export type Planned = {
  readonly job: Job
  readonly decided: Extract<Decided, { kind: "write" | "refuse" }>
  readonly at: number
}

/** What was decided, and goes into one commit. */
export type Part = {
  readonly planned: Planned[]
  readonly writes: Write[]
  /** The ids of the commands of its jobs. */
  readonly commands: Set<string>
}

/** What is being committed. */
export type Flight = {
  readonly planned: readonly Planned[]
  readonly chores: readonly Chore[]
  /** The first write that is a chore's. */
  readonly choresAt: number
  readonly commands: ReadonlySet<string>
  readonly outcomes: Promise<readonly (WriteOutcome | Failed)[]>
  /** Whether it is known what came of it. */
  isThere: boolean
}

/** Nothing decided yet. */
export function emptyPart(): Part {
  return { planned: [], writes: [], commands: new Set() }
}

/** Puts a job that was decided into the next commit. */
export function plan(job: Job, decided: Planned["decided"], { planned, writes, commands }: Part): void {
  planned.push({ job, decided, at: writes.push(decided.write) - 1 })
  commands.add(job.command.id)
}

/** Tells whoever had the next batch take a write along what has become of it. */
export function settleChore(
  { write, resolve, reject }: Chore,
  outcome: WriteOutcome | Failed,
  report: (report: Committed) => void,
): void {
  if (outcome.kind === "failed") return reject(asRefusal(outcome.error))
  if (write.kind === "transaction" && outcome.kind === "done") report(committed(write, outcome.t, outcome.at))
  resolve(outcome)
}
