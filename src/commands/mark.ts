import { isEnd } from "../kernel/message.ts"
import type { Fence } from "../ports/leases.ts"
import type { TransactionWrite } from "../ports/write.ts"
import type { Job } from "./job.ts"

/** A process as others on the store know it: its name, and the lease that it has as long as it is taken to be alive. */
export type Mark = { readonly id: string; readonly fence: Fence }

/**
 * The same write, kept only if the command has taken no other step meanwhile. Where several processes share the store,
 * a step that is not its end says in whose hands it is from there, and is kept only while that one is taken to be alive:
 * so whoever takes up what a dead process had in hand knows all of it.
 */
export function marked(write: TransactionWrite, job: Job, mark: Mark | null): TransactionWrite {
  const step = job.instance === null ? write : { ...write, follows: job.instance.t }
  if (job.form === "wake") return job.turn?.fence === undefined ? step : { ...step, fence: job.turn.fence }
  // What a lasting command waits for comes to it wherever it is taken up.
  if (mark === null || isEnd(write.instance.state) || job.route?.kind === "workflow") return step
  const { history } = write.instance
  const last = { ...history.at(-1)!, process: mark.id }
  return { ...step, fence: mark.fence, instance: { ...write.instance, history: [...history.slice(0, -1), last] } }
}

/** Whether a write is kept only while this process is taken to be alive. */
export function isOfMark({ form }: Job, { fence }: TransactionWrite): boolean {
  return fence !== undefined && form !== "wake"
}
