import { instant, type Clock } from "../kernel/clock.ts"
import type { Document } from "../kernel/entity.ts"
import type { Instance } from "../kernel/instance.ts"
import { hasEnded, instanceIdOf, type Life } from "../kernel/life.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import type { OwnCommand, Pending, PromptContext, PromptRule, ToldPrompt } from "../kernel/prompt.ts"
import type { Snapshot } from "../kernel/snapshot.ts"
import { instanceType } from "../kernel/workflow.ts"
import type { Store } from "../ports/store.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { stateOf } from "../schema/state.ts"
import { commandsOf } from "./owned.ts"

/** What prompts are made of. */
export type PromptsParts = {
  readonly rules: readonly PromptRule[]
  readonly store: Pick<Store, "commands" | "entities">
  readonly schema: CompiledSchema
  readonly clock: Clock
  readonly snapshot: (t: T) => Snapshot
}

/** The rules in their order, or one Error that says everything that does not fit. */
export function orderedRules(rules: readonly PromptRule[], schema: CompiledSchema): readonly PromptRule[] {
  const problems: string[] = []
  const names = new Set<string>()
  for (const { name, order, of } of rules) {
    if (names.has(name)) problems.push(`There are two prompts ${name}`)
    names.add(name)
    if (!Number.isFinite(order)) problems.push(`The prompt ${name} has the order ${order}, which is no number`)
    if (of !== null && !schema.entities.has(of))
      problems.push(`The prompt ${name} is for ${of}, but the schema knows no such entity`)
  }
  if (problems.length > 0) throw new Error(`The prompts do not fit together:\n- ${problems.join("\n- ")}`)
  return rules.toSorted((a, b) => a.order - b.order || (a.name < b.name ? -1 : 1))
}

/** Says what is to be put before somebody now: what is unfinished, what is pending, in the order of the rules. */
export class Prompts {
  readonly #parts: PromptsParts

  constructor(parts: PromptsParts) {
    this.#parts = parts
  }

  /** `owners`: the one who is asked about, and whoever has turned out to be them. */
  async of([owner, ...others]: readonly [string, ...string[]], t: T): Promise<readonly ToldPrompt[]> {
    const { rules, store, clock, snapshot } = this.#parts
    if (rules.length === 0) return []
    const limit = limits.promptCommandsMax
    const owners = [owner, ...others]
    const commands = (await commandsOf(store.commands, owners, { limit })).map(ownCommand)
    const context = {
      owner,
      commands,
      newest: async (type: string, count: number) =>
        (await commandsOf(store.commands, owners, { type, limit: Math.min(count, limit) })).map(ownCommand),
      pending: await this.#pending(owners),
      now: instant(clock.now()),
      snapshot: snapshot(t),
    }
    const told = await Promise.all(rules.map(rule => this.#told(rule, context)))
    return told.flat()
  }

  async #told(rule: PromptRule, context: Omit<PromptContext, "entity">): Promise<readonly ToldPrompt[]> {
    const { name: prompt, order, of } = rule
    const entity = of === null ? null : await this.#owner(of, context)
    const said = (await rule.when({ ...context, entity })) ?? []
    return [said].flat().map(one => ({ prompt, order, ...one }))
  }

  async #owner(type: string, { owner, snapshot }: Pick<PromptContext, "owner" | "snapshot">): Promise<Document | null> {
    const found = await snapshot.entity(owner)
    return found?.type === type ? stateOf(this.#parts.schema.entities.get(type), found.document) : null
  }

  /** What lasts and has not ended. The instances are read as they are: they say what is waited for. */
  async #pending(owners: readonly string[]): Promise<readonly Pending[]> {
    const { commands, entities } = this.#parts.store
    const limit = limits.promptCommandsMax
    const lists = await Promise.all(unfinished.map(async state => commandsOf(commands, owners, { state, limit })))
    const found = lists.flat()
    const heads = await entities.heads(found.map(({ command }) => instanceIdOf(command.id)))
    const pending = found.flatMap((instance, i) => {
      const head = heads[i]
      // What is stored under this type is what the steps of lasting commands have made.
      const life = head?.type === instanceType ? (head.document as Life | null) : null
      return life === null || hasEnded(life) ? [] : [pendingOf(instance, life)]
    })
    return pending.toSorted((a, b) => (a.command.createdAt < b.command.createdAt ? 1 : -1)).slice(0, limit)
  }
}

const unfinished = ["queued", "waiting", "stuck"] as const

function pendingOf(instance: Instance, { state, data, waits = {} }: Life): Pending {
  return {
    command: ownCommand(instance),
    state,
    data,
    waits: Object.entries(waits).flatMap(([name, { user, event = "", filter = {}, since }]) =>
      user ? [{ name, event, filter, since }] : [],
    ),
  }
}

function ownCommand({ command, state, parent, result, error, createdAt, updatedAt }: Instance): OwnCommand {
  const { id, type, target, data } = command
  return { id, type, target, data, state, parent, result, error, createdAt, updatedAt }
}
