import type { Instance } from "../../kernel/instance.ts"
import { limits } from "../../kernel/limits.ts"
import { isEnd, isResting } from "../../kernel/message.ts"
import { assert } from "../../kernel/refusal.ts"
import { archivableOf, type Member } from "../../ports/archivable.ts"
import type { Archivable, CommandStore } from "../../ports/commands.ts"
import type { KeptTransaction, Memory } from "./memory.ts"

/** The records of commands, out of a memory. */
export function memoryCommands(memory: Memory): CommandStore {
  const { instances, archived } = memory
  const told = (instance: Instance): Instance => {
    const archivedAt = archived.get(instance.command.id)
    return archivedAt === undefined ? instance : { ...instance, archivedAt }
  }
  return {
    find: ids =>
      ids.map(id => {
        const instance = instances.get(id)
        return instance === undefined ? null : told(instance)
      }),

    list({ owner, state, type, parent, archived: isWanted = false, after, limit }) {
      const newestFirst = [...instances.values()].toReversed()
      const from = after === undefined ? 0 : newestFirst.findIndex(instance => instance.command.id === after) + 1
      return newestFirst
        .slice(from)
        .filter(instance => isWanted === "both" || archived.has(instance.command.id) === isWanted)
        .filter(instance => owner === undefined || instance.owner === owner)
        .filter(instance => state === undefined || instance.state === state)
        .filter(instance => type === undefined || instance.command.type === type)
        .filter(instance => parent === undefined || instance.parent === parent)
        .slice(0, limit)
        .map(told)
    },

    unfinished: () =>
      [...instances.values()]
        .filter(({ state }) => !isEnd(state) && !isResting(state))
        .map(instance => ({ ...instance, actor: firstOf(memory, instance.command.id).actor })),
    archivable: asked => archivable(memory, asked),
    refusal: id => memory.refusals.get(id) ?? null,
  }
}

function archivable(memory: Memory, { before, after, limit }: Parameters<CommandStore["archivable"]>[0]): Archivable {
  const here = [...memory.instances.values()].filter(({ command }) => !memory.archived.has(command.id))
  const firsts = new Map(memory.transactions.map(({ commandId, t }) => [commandId, t] as const).toReversed())
  const placed = here.map(instance => ({ instance, n: firsts.get(instance.command.id)! })).filter(({ n }) => n > after)
  const looked = placed.slice(0, limits.archivableLookedAtMax)
  const isHere = new Set(here.map(({ command }) => command.id))
  const below = (instance: Instance, depth: number): readonly Member[] => [
    { id: instance.command.id, depth, isOld: isEnd(instance.state) && Date.parse(instance.updatedAt) < before },
    ...here.filter(({ parent }) => parent === instance.command.id).flatMap(child => below(child, depth + 1)),
  ]
  const trees = looked
    .filter(({ instance: { parent } }) => parent === null || !isHere.has(parent))
    .map(({ instance, n }) => ({ root: n, members: below(instance, 0) }))
  return archivableOf({ trees, reached: looked.at(-1)?.n ?? after, isEnd: looked.length === placed.length }, limit)
}

function firstOf({ transactions }: Memory, id: string): KeptTransaction {
  const first = transactions.find(({ commandId }) => commandId === id)
  assert(first !== undefined, `The command ${id} is there, but no transaction of it`)
  return first
}
