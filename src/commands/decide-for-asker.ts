import type { Maybe } from "../kernel/handler.ts"
import { decideJob, type Decided } from "./batch.ts"
import { runDecision } from "./deciding.ts"
import type { Job } from "./job.ts"
import { Judge } from "./judge.ts"
import type { DecidingParts } from "./parts.ts"
import { Seen } from "./sight.ts"

/** Decides one job with the rights of who asks. A no that rests on what another process may have changed is tried again. */
export function decideForAsker(job: Job, parts: DecidingParts): Maybe<Decided> {
  const { workspace } = parts
  const { result } = job
  workspace.beginDecision()
  const deciding = decideAsSeen(job, parts)
  const checked = (decided: Decided): Maybe<Decided> => {
    if (!isNo(decided) || !workspace.distrust()) return decided
    job.result = result
    return decideAsSeen(job, parts)
  }
  return deciding instanceof Promise ? deciding.then(checked) : checked(deciding)
}

function decideAsSeen(job: Job, parts: DecidingParts): Maybe<Decided> {
  const { workspace, store, security } = parts
  const { actor } = job.asker
  if (actor === "system") return runDecision(decideJob(job, parts, workspace), workspace)
  const { isShared } = store.leases
  const judge = new Judge(actor, { batch: workspace, facts: store.facts, security, isShared })
  const sight = new Seen(workspace, judge, parts.routes.schema)
  return runDecision(decideJob(job, parts, sight), sight)
}

// What is said with a yes is checked at the commit. A no is not, nor what nothing comes of.
function isNo(decided: Decided): boolean {
  return decided.kind === "refuse" || (decided.kind === "write" && decided.write.instance.state === "failed")
}
