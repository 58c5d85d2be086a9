import { instanceIdOf, isUnwanted, type Life } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import { instanceType } from "../kernel/workflow.ts"
import type { Job } from "./job.ts"
import type { HandlerParts } from "./parts.ts"

/** What tells a handler that runs that nobody wants any more what it does. */
export type Stopping = {
  /** An `AbortSignal`. It is made when somebody asks for it. */
  readonly signal: () => unknown
  /** Whether something was thrown because of it. */
  readonly isCauseOf: (thrown: unknown) => boolean
  /** The handler has returned, or thrown. */
  readonly end: () => void
}

/**
 * Lets a handler know when its command is aborted. A child may be in another process than the one that is told so: that its
 * parent wants it to end is then seen in the parent's own instance, by looking.
 */
export function stopping(job: Job, parts: HandlerParts): Stopping {
  let signal: unknown
  let stopLooking = () => {}
  const make = () => {
    const made = parts.aborting()
    job.stop = () => made.abort(abortOf(job))
    const { parent, isAwaited } = job.asker
    if (isAwaited === true && parent !== undefined) stopLooking = lookAt(parent, job, parts)
    return made.signal
  }
  return {
    signal: () => (signal ??= make()),
    isCauseOf: thrown => job.isAborted && (isAbort(thrown) || (thrown instanceof Error && isAbort(thrown.cause))),
    end() {
      stopLooking()
      job.stop = null
    },
  }
}

// By this name whatever takes a signal says that it was aborted.
const abortName = "AbortError"

function abortOf({ command }: Job): Error {
  const reason = new Error(`The command ${command.id} is aborted`)
  reason.name = abortName
  return reason
}

function isAbort(thrown: unknown): boolean {
  return thrown instanceof Error && thrown.name === abortName
}

/** Looks now and then whether a parent wants its child to end. Alone, this process is told of it. */
function lookAt(parent: string, job: Job, { store, clock, journal }: HandlerParts): () => void {
  if (!store.leases.isShared) return () => {}
  let cancel = () => {}
  const next = () => void (cancel = clock.after(limits.leaseBeatMs, () => void look()))
  const look = async () => {
    const isWanted = await wants(parent, job.command.id, store).catch((error: unknown) => {
      journal.warn("Whether a command is still wanted could not be read", { id: job.command.id, error })
      return true
    })
    if (job.stop === null) return
    if (isWanted) return next()
    job.isAborted = true
    job.stop()
  }
  next()
  return () => cancel()
}

async function wants(
  parent: string,
  id: string,
  { entities }: Pick<HandlerParts["store"], "entities">,
): Promise<boolean> {
  const [head] = await entities.heads([instanceIdOf(parent)])
  // What is stored under this type is what the steps of an instance have made.
  return head?.type !== instanceType || !isUnwanted(head.document as Life | null, id)
}
