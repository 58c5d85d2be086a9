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
 * process, is ended here: that one finds it ended when it takes it up again. What is being run there is let finish. If that fails
 * within two seconds it is ended here; if it does later, it is not tried again where who asked for it says in their own
 * instance that it is to end.
 */
export function aborting(parts: Parts): (id: string, actor: string, reason?: string) => Promise<void> {
  const { dispatcher, store, routes, lasting } = parts
  return async (id, actor, reason) => {
    const isHere = dispatcher.has(id)
    await dispatcher.abort(id, actor, reason)
    // Alone, what is not in these hands is at its end.
    if (isHere || !store.leases.isShared || dispatcher.lasting.known(id) !== null) return
    const find = async () => (await store.commands.find([id]))[0]
    let instance = await find()
    if (instance == null || routes.commands.get(instance.command.type)?.kind !== "handler") return
    const isAwaited = await isChild(id, instance.parent, store)
    // Of a child its parent says that it is to end, and nobody needs to wait for that.
    if (instance.state === "running" && !isAwaited) {
      await lasting.ended(id, { waitMs: endMsMax })
      instance = (await find()) ?? instance
    }
    if (instance.state !== "retrying" && instance.state !== "queued") return
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
