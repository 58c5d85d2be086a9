import type { Instance } from "../kernel/instance.ts"
import type { CommandFilter, CommandStore } from "../ports/commands.ts"

/**
 * The commands of several owners in one list, newest first: as one owner's are told, with the same pages. What came first
 * is said by a command's first transaction.
 */
export async function commandsOf(
  store: Pick<CommandStore, "list">,
  owners: readonly string[],
  filter: Omit<CommandFilter, "owner">,
): Promise<readonly Instance[]> {
  const lists = await Promise.all(owners.map(async owner => store.list({ ...filter, owner })))
  if (lists.length === 1) return lists[0]!
  const newestFirst = lists.flat().toSorted((a, b) => firstT(b) - firstT(a))
  return newestFirst.slice(0, filter.limit)
}

function firstT({ history, t }: Instance): number {
  return history[0]?.t ?? t
}
