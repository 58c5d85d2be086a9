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
import { commandsThen, instantOf } from "./owned-then.ts"

/** What prompts are made of. */
export type PromptsParts = {
  readonly rules: readonly PromptRule[]
  readonly store: Pick<Store, "commands" | "entities" | "log">
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

type Owners = readonly [string, ...string[]]

/** What somebody has asked for, and what of it lasts, at one moment. */
type Owned = Pick<PromptContext, "commands" | "newest" | "pending" | "now">

const limit = limits.promptCommandsMax

/** Says what is to be put before somebody: what is unfinished, what is pending, in the order of the rules. */
export class Prompts {
  readonly #parts: PromptsParts

  constructor(parts: PromptsParts) {
    this.#parts = parts
  }

  /** `owners`: the one who is asked about, and whoever has turned out to be them. `isPast`: it is a t that is asked of, and not now. */
  async of(owners: Owners, t: T, isPast: boolean): Promise<readonly ToldPrompt[]> {
    const { rules, snapshot } = this.#parts
    if (rules.length === 0) return []
    const owned = isPast ? await this.#then(owners, t) : await this.#now(owners)
    const context = { owner: owners[0], ...owned, snapshot: snapshot(t) }
    const told = await Promise.all(rules.map(rule => this.#told(rule, context)))
    return told.flat()
  }

  async #now(owners: Owners): Promise<Owned> {
    const { store, clock } = this.#parts
    const commands = (await commandsOf(store.commands, owners, { limit })).map(ownCommand)
    const newest = async (type: string, count: number) =>
      (await commandsOf(store.commands, owners, { type, limit: Math.min(count, limit) })).map(ownCommand)
    const states = unfinished.map(async state => commandsOf(store.commands, owners, { state, limit }))
    const lasting = (await Promise.all(states)).flat()
    const heads = await store.entities.heads(lasting.map(({ command }) => instanceIdOf(command.id)))
    return { commands, newest, pending: pendingOf(lasting, heads), now: instant(clock.now()) }
  }

  async #then(owners: Owners, t: T): Promise<Owned> {
    const { store, clock } = this.#parts
    const now = await instantOf(t, store.log, clock.now())
    const all = await commandsThen(store.commands, owners, { t, now })
    const newest = async (type: string, count: number) =>
      all
        .filter(({ command }) => command.type === type)
        .slice(0, Math.min(count, limit))
        .map(ownCommand)
    const lasting = all.filter(({ state }) => unfinished.some(one => one === state))
    const lives = await Promise.all(lasting.map(async ({ command }) => store.entities.at(instanceIdOf(command.id), t)))
    return { commands: all.slice(0, limit).map(ownCommand), newest, pending: pendingOf(lasting, lives), now }
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
}

const unfinished = ["queued", "waiting", "stuck"] as const

type Stored = { readonly type: string; readonly document: Document | null } | null

/** What lasts and has not ended, newest first. The instances say what is waited for. */
function pendingOf(lasting: readonly Instance[], lives: readonly Stored[]): readonly Pending[] {
  const pending = lasting.flatMap((instance, i) => {
    const stored = lives[i]
    // What is stored under this type is what the steps of lasting commands have made.
    const life = stored?.type === instanceType ? (stored.document as Life | null) : null
    return life === null || hasEnded(life) ? [] : [pendingBy(instance, life)]
  })
  return pending.toSorted((a, b) => (a.command.createdAt < b.command.createdAt ? 1 : -1)).slice(0, limit)
}

function pendingBy(instance: Instance, { state, data, waits = {} }: Life): Pending {
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
