import type { Json } from "../kernel/json.ts"
import type { Breath } from "../kernel/breath.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey, Fact, FactAttribute, FactFilter, FactStore } from "../ports/facts.ts"
import type { WayStep } from "./way.ts"

// So many steps from one entity to the next take less than a millisecond. Nobody knows before how many there are.
const stepsUsual = 32

/** A look at the data: of one moment, for one who asks. */
export type Look = {
  readonly facts: FactStore
  readonly t: T
  /** The entity that stands for who asks; null: nobody does. */
  readonly security: EntityKey | null
  readonly types: Types
  /** From where each way leads to the security entity, where that was worked out as a whole. */
  readonly leading: Map<readonly WayStep[], ReadonlySet<EntityKey>>
  /** For what goes over very many, or far; absent: nobody else has a turn to wait for. */
  readonly breathe?: Breath
  /** How many steps were made. */
  readonly way: { steps: number }
}

/** The types of entities at one moment, as far as they were asked for. Null: it does not exist then. */
export class Types {
  readonly #known = new Map<EntityKey, string | null>()

  of(key: EntityKey): string | null {
    return this.#known.get(key) ?? null
  }

  note(key: EntityKey, type: string): void {
    this.#known.set(key, type)
  }

  /** Asks the store about those that are not known yet. */
  *learn(keys: Iterable<EntityKey>, { facts, t }: Pick<Look, "facts" | "t">): Steps<void> {
    const unknown = [...new Set(keys)].filter(key => !this.#known.has(key))
    if (unknown.length === 0) return
    const types = yield* need(facts.types(unknown, t))
    unknown.forEach((key, i) => this.#known.set(key, types[i] ?? null))
  }
}

/** All facts of an attribute that a filter lets through: never silently only some of them. */
export function* factsOf(look: Look, attribute: FactAttribute, filter: FactFilter): Steps<readonly Fact[]> {
  if (filter.entities?.length === 0 || filter.values?.length === 0) return []
  if (++look.way.steps % stepsUsual === 0 && look.breathe !== undefined) yield* look.breathe()
  const found = yield* need(look.facts.facts(attribute, filter, { t: look.t }, limits.factsPerStepMax))
  if (found.length < limits.factsPerStepMax) return found
  const sentence = `Rules of security would walk over more than ${limits.factsPerStepMax} values of ${attribute.fullName}`
  throw new Refusal("too-large", sentence, { attribute: attribute.fullName })
}

/** The keys that a value says, where it is one of an entity. */
export function asKey(value: Json): EntityKey {
  // Whoever asks for the target of a ref gets its key, by the promise of the port.
  return value as EntityKey
}
