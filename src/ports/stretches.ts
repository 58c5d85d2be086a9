import type { Document } from "../kernel/entity.ts"
import type { T } from "../kernel/message.ts"
import { lookedUpBy } from "../schema/looked-up.ts"
import type { FactAttribute } from "./facts.ts"

/** That an entity had a value from one t on, until another; null: it still has it. */
export type Stretch = {
  readonly attribute: FactAttribute
  readonly value: string | number | boolean
  readonly fromT: T
  readonly toT: T | null
}

type Begun = Omit<Stretch, "toT">

/** Finds out, from the versions of one entity in order, when it had which values of some attributes. */
export class Stretches {
  readonly #attributes: readonly FactAttribute[]
  readonly #begun = new Map<string, Begun>()
  #ended: Stretch[] = []

  /** Of the attributes only those count that are looked up, and that an entity of this type has. */
  constructor(attributes: readonly FactAttribute[], type: string) {
    this.#attributes = attributes.filter(attribute => attribute.lookup && attribute.types.includes(type))
  }

  /** What the entity is from a t on. */
  take(fromT: T, document: Document | null): void {
    const now = new Map<string, Begun>()
    for (const attribute of this.#attributes) {
      for (const value of valuesOf(attribute, document)) {
        now.set(JSON.stringify([attribute.fullName, value]), { attribute, value, fromT })
      }
    }
    for (const [key, begun] of this.#begun) {
      if (now.has(key)) continue
      this.#ended.push({ ...begun, toT: fromT })
      this.#begun.delete(key)
    }
    for (const [key, begun] of now) if (!this.#begun.has(key)) this.#begun.set(key, begun)
  }

  /** What has ended since this was asked last: an entity may have any number of versions. */
  ended(): readonly Stretch[] {
    const ended = this.#ended
    this.#ended = []
    return ended
  }

  /** What still holds after the last version. */
  holding(): readonly Stretch[] {
    return [...this.#begun.values()].map(begun => ({ ...begun, toT: null }))
  }
}

function valuesOf({ name, type, many }: FactAttribute, document: Document | null): readonly Stretch["value"][] {
  const said = document?.[name]
  // While it was written there may have been one value where there may be many now, or the other way round.
  const all = many && Array.isArray(said) ? said : [said]
  return all.map(one => lookedUpBy(type, one)).filter(one => one !== undefined)
}
