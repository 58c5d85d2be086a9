import { instant } from "../kernel/clock.ts"
import type { Instance } from "../kernel/instance.ts"
import { limits } from "../kernel/limits.ts"
import { isEnd, type T } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { CommandStore } from "../ports/commands.ts"
import type { LogStore } from "../ports/log.ts"
import { commandsOf } from "./owned.ts"

/**
 * The commands that several owners had at t, newest first, each as it was. What came of an attempt that was not the last
 * is not kept: a command that had not ended has no result and no error.
 */
export async function commandsThen(
  store: Pick<CommandStore, "list">,
  owners: readonly [string, ...string[]],
  { t, now }: { readonly t: T; readonly now: string },
): Promise<readonly Instance[]> {
  const found: Instance[] = []
  const limit = limits.pageItemsMax
  // No index says how far a command was at t: all that they have ever asked for is looked at, within bounds.
  for (let after: string | undefined, looked = 0, isLast = false; !isLast; looked += limit) {
    if (looked >= limits.commandsThenMax) throw tooMany(owners[0], t)
    const filter = { archived: "both", limit, ...(after === undefined ? {} : { after }) } as const
    const page = await commandsOf(store, owners, filter)
    found.push(...page.flatMap(instance => asItWas(instance, t, now)))
    after = page.at(-1)?.command.id
    isLast = page.length < limit
  }
  return found
}

/** When t was: the first instant at which there was no less in the log. */
export async function instantOf(t: T, log: Pick<LogStore, "tAt">, newest: number): Promise<string> {
  let [before, until] = [-1, newest]
  while (until - before > 1) {
    const middle = Math.floor((before + until) / 2)
    if ((await log.tAt(middle)) >= t) until = middle
    else before = middle
  }
  return instant(until)
}

function asItWas(instance: Instance, t: T, now: string): readonly Instance[] {
  const history = instance.history.filter(passage => passage.t <= t)
  const last = history.at(-1)
  if (last === undefined || (instance.archivedAt !== undefined && instance.archivedAt <= now)) return []
  const { result, error } = isEnd(last.state) ? instance : { result: null, error: null }
  return [{ ...instance, history, state: last.state, updatedAt: last.at, t: last.t, result, error }]
}

function tooMany(owner: string, t: T): Refusal {
  const most = limits.commandsThenMax
  const sentence = `${owner} has ${most} commands or more: what was put before them at t ${t} is not worked out any more`
  return new Refusal("too-large", sentence, { owner, t, most })
}
