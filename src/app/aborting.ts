import type { Dispatcher } from "../commands/dispatcher.ts"
import type { Routes } from "../commands/routes.ts"
import { instanceIdOf, type Life } from "../kernel/life.ts"
import { instanceType } from "../kernel/workflow.ts"
import type { Store } from "../ports/store.ts"
import type { Lasting } from "./lasting.ts"

/** What aborting needs. */
type Parts = {
  readonly dispatcher: Dispatcher
  readonly store: Pick<Store, "commands" | "entities" | "leases">
  readonly routes: Routes
  readonly lasting: Pick<Lasting, "ended">
}

const endMsMax = 2_000

/**
 * Aborts a command, in whosever hands it is. What a handler has run, and what rests until it is tried again in another
 * process, is ended here: that one finds it ended when it takes it up again. What is being run there is let finish, and if
 * that fails, and who asked for it says in their own instance that it is to end, it is not tried again.
 */
export function aborting(parts: Parts): (id: string, actor: string, reason?: string) => Promise<void> {
  const { dispatcher, store, routes, lasting } = parts
  return async (id, actor, reason) => {
    const isHere = dispatcher.has(id)
    await dispatcher.abort(id, actor, reason)
    // Alone, what is not in these hands is at its end.
    if (isHere || !store.leases.isShared || dispatcher.lasting.known(id) !== null) return
    const [instance] = await store.commands.find([id])
    if (instance == null || routes.commands.get(instance.command.type)?.kind !== "handler") return
    if (instance.state !== "retrying" && instance.state !== "queued") return
    const isAwaited = await isChild(id, instance.parent, store)
    dispatcher.resume(instance, instance.owner, { isAwaited, isToEnd: true })
    await lasting.ended(id, { waitMs: endMsMax })
  }
}

async function isChild(id: string, parent: string | null, { entities }: Pick<Store, "entities">): Promise<boolean> {
  if (parent === null) return false
  const [head] = await entities.heads([instanceIdOf(parent)])
  // What is stored under this type is what the steps of an instance have made.
  const life = head?.type === instanceType ? (head.document as Life | null) : null
  return life?.children?.[id] !== undefined
}
