import type { Committed, Write, WriteOutcome } from "../ports/write.ts"
import type { Decided } from "./batch.ts"
import { commitAll, type Failed } from "./commit-all.ts"
import { asRefusal } from "./failure.ts"
import type { Job } from "./job.ts"
import type { DispatcherParts } from "./parts.ts"
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

/** A commit of which it is known what became of it. */
export type Landed = {
  readonly flight: Flight
  readonly outcomes: readonly (WriteOutcome | Failed)[]
  /** Whether anything that was decided has dropped out. */
  readonly isShaken: boolean
  readonly isFailed: boolean
}

/** Whether a part may go beside what is under way: it rests on none of that, whatever becomes of it. */
export function mayGo({ writes }: Part, flights: readonly Flight[], flightsMax: number): boolean {
  if (flights.length >= flightsMax) return false
  const isUnderWay = (id: string) => flights.some(({ commands }) => commands.has(id))
  return !writes.some(write => write.kind === "transaction" && write.restsOn?.some(isUnderWay) === true)
}

/** Takes the one out of which it is first known what became of it. */
export async function firstOf(flights: Flight[]): Promise<Landed> {
  const [only] = flights
  const isAlone = flights.length === 1 && only !== undefined
  const flight = isAlone ? only : await Promise.race(flights.map(async each => each.outcomes.then(() => each)))
  flights.splice(flights.indexOf(flight), 1)
  const outcomes = await flight.outcomes
  const isShaken = outcomes.slice(0, flight.choresAt).some(({ kind }) => kind !== "done")
  return { flight, outcomes, isShaken, isFailed: outcomes.some(({ kind }) => kind === "failed") }
}

/** Commits a part, and the chores that go along. `there` is called when it is known what became of it. Null: there is nothing. */
export function takeOff(
  { planned, writes, commands }: Part,
  chores: readonly Chore[],
  parts: Pick<DispatcherParts, "store" | "metrics">,
  there: () => void,
): Flight | null {
  const choresAt = writes.length
  for (const chore of chores) writes.push(chore.write)
  if (writes.length === 0) return null
  parts.metrics.count("batch_writes", {}, writes.length)
  const outcomes = commitAll(writes, parts).finally(() => {
    flight.isThere = true
    there()
  })
  const flight: Flight = { planned, chores, choresAt, commands, outcomes, isThere: false }
  return flight
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
