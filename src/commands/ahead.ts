import type { Clock } from "../kernel/clock.ts"
import { limits } from "../kernel/limits.ts"
import { decideForAsker } from "./decide-for-asker.ts"
import { loadFirst } from "./first-heads.ts"
import { emptyPart, plan, type Flight, type Part } from "./flight.ts"
import type { Job } from "./job.ts"
import type { DispatcherParts } from "./parts.ts"
import type { Queue } from "./queue.ts"
import type { Told } from "./told.ts"

/** So many commits follow each other in this way. Then all that was decided has landed, and the next batch looks anew. */
export const partsMax = 16

/** Decides what waits, until one of the commits that are under way is there, or another may begin. Null: nothing. */
export async function decideWhile(
  flights: readonly Flight[],
  flightsMax: number,
  queue: Queue,
  parts: DispatcherParts,
  told: Told,
): Promise<Part | null> {
  const part = emptyPart()
  const isOneThere = () => flights.some(flight => flight.isThere)
  while (!isOneThere()) {
    if (!queue.hasMany) {
      await queue.untilStirred()
      continue
    }
    const jobs = queue.takeAhead(flights, part)
    if (jobs.length === 0) break
    const { left, isOver } = await decideAhead(jobs, isOneThere, part, parts, told)
    queue.putBack(left)
    if (isOver || flights.length < flightsMax) break
  }
  return part.planned.length === 0 ? null : part
}

/** What was not decided ahead; `isOver`: it must wait until all that is under way has landed. */
type Decided = { readonly left: readonly Job[]; readonly isOver: boolean }

/**
 * Decides jobs on what is being committed, as if it were there. Only a yes counts, because the commit looks whether it
 * still may be: whoever gets a no, or nothing, gets it from what is there.
 */
async function decideAhead(
  jobs: readonly Job[],
  isOneThere: () => boolean,
  part: Part,
  parts: DispatcherParts,
  told: Told,
): Promise<Decided> {
  const { workspace, clock } = parts
  workspace.goAhead()
  let i = 0
  try {
    const loading = loadFirst(jobs, parts, told)
    if (loading !== undefined) await loading
    for (let until = clock.ticks() + limits.batchMsMax; i < jobs.length; i++) {
      if (i % 16 === 15 && clock.ticks() > until) {
        await aTurn(clock)
        if (isOneThere()) return { left: jobs.slice(i), isOver: false }
        until = clock.ticks() + limits.batchMsMax
      }
      const job = jobs[i]!
      const deciding = decideForAsker(job, parts)
      const decided = deciding instanceof Promise ? await deciding : deciding
      if (decided.kind !== "write" || decided.write.instance.state === "failed") break
      plan(job, decided, part)
    }
  } catch {
    // Whatever it was, it is met again where somebody is told of it.
    return { left: jobs.slice(i), isOver: true }
  }
  // Also where nothing had to be waited for: whether the commit is there is only known in another turn.
  await aTurn(clock)
  return { left: jobs.slice(i), isOver: i < jobs.length }
}

// Others get theirs, and by the way it is seen whether the commit is there.
async function aTurn(clock: Clock): Promise<void> {
  await new Promise<void>(resolve => {
    clock.soon(resolve)
  })
}

/** Takes back what was decided on something that has not come to be. Returns its jobs: they are decided again. */
export function takeBack({ planned, writes }: Part, workspace: DispatcherParts["workspace"]): readonly Job[] {
  for (const write of writes) {
    if (write.kind !== "transaction") continue
    workspace.forget([...write.events.map(e => e.stream.id), ...write.reads.map(r => r.id)])
  }
  return planned.map(({ job }) => job)
}
