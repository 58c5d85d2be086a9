import { isEnd, isResting } from "../../kernel/message.ts"
import { assert } from "../../kernel/refusal.ts"
import type { CommandStore } from "../../ports/commands.ts"
import type { Memory } from "./memory.ts"

/** The records of commands, out of a memory. */
export function memoryCommands(memory: Memory): CommandStore {
  return {
    find: ids => ids.map(id => memory.instances.get(id) ?? null),

    list({ owner, state, type, parent, after, limit }) {
      const newestFirst = [...memory.instances.values()].toReversed()
      const from = after === undefined ? 0 : newestFirst.findIndex(instance => instance.command.id === after) + 1
      return newestFirst
        .slice(from)
        .filter(instance => owner === undefined || instance.owner === owner)
        .filter(instance => state === undefined || instance.state === state)
        .filter(instance => type === undefined || instance.command.type === type)
        .filter(instance => parent === undefined || instance.parent === parent)
        .slice(0, limit)
    },

    unfinished: () =>
      [...memory.instances.values()]
        .filter(({ state }) => !isEnd(state) && !isResting(state))
        .map(instance => ({ ...instance, actor: actorOf(memory, instance.command.id) })),
    refusal: id => memory.refusals.get(id) ?? null,
  }
}

function actorOf({ transactions }: Memory, id: string): string {
  const first = transactions.find(({ commandId }) => commandId === id)
  assert(first !== undefined, `The command ${id} is there, but no transaction of it`)
  return first.actor
}
