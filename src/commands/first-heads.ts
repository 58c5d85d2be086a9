import type { Maybe } from "../kernel/handler.ts"
import { instanceIdOf } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import { firstNeeds } from "./batch.ts"
import type { Job } from "./job.ts"
import type { DispatcherParts } from "./parts.ts"
import { readInstances } from "./read-instances.ts"
import type { Told } from "./told.ts"
import type { Workspace } from "./workspace.ts"

/** Brings in what the decisions of a batch begin with. */
export function loadFirst(jobs: readonly Job[], parts: DispatcherParts, told: Told): Maybe<void> {
  told.taken(jobs)
  const reading = readInstances(jobs, parts, told)
  const heads = () => loadHeads(jobs, parts.workspace)
  return reading === undefined ? heads() : reading.then(heads)
}

/** In one question, or in none where all are new. */
function loadHeads(jobs: readonly Job[], workspace: Workspace): Maybe<void> {
  const ids = jobs.flatMap(firstNeeds).slice(0, limits.headsAtOnceMax)
  if (workspace.isShared && workspace.presume(ids, kindsOf(jobs))) return undefined
  return workspace.load({ heads: ids })
}

/**
 * The kinds of the commands whose targets, or whose own instances, may be taken to be new, by these. What was overtaken is
 * looked at.
 */
function kindsOf(jobs: readonly Job[]): ReadonlyMap<string, string> {
  const kinds = new Map<string, string>()
  for (const { form, route, overtaken, command } of jobs) {
    const { target, type } = command
    if (form !== "decide" || overtaken > 0) continue
    if (route?.kind === "aggregate" && target !== null) kinds.set(target.id, type)
    if (route?.kind === "workflow") kinds.set(instanceIdOf(command.id), type)
  }
  return kinds
}
