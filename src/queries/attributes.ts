import type { FactAttribute } from "../ports/facts.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { Attribute } from "../schema/types.ts"
import type { CompiledDerived } from "./derived.ts"
import type { Meaning, Meanings } from "./meaning.ts"
import type { Field } from "./pattern.ts"

/** All attributes by the names they can be called by: `attr`, `Entity/attr`, `Abstract/attr`. */
export class Attributes {
  readonly schema: CompiledSchema
  /** The full names of attributes without a history. */
  readonly forgetful: ReadonlySet<string>
  /** Whether there are any that the app's code computes. */
  readonly hasDerived: boolean
  readonly #byName = new Map<string, Map<string, Meaning>>()
  readonly #all = new Map<string, readonly Field[]>()
  readonly #facts = new Map<string, FactAttribute>()

  constructor(schema: CompiledSchema, derived: readonly CompiledDerived[]) {
    this.schema = schema
    const stored = [...schema.entities.values()].flatMap(type => [...type.attributes.values()])
    this.forgetful = new Set(stored.filter(a => a.noHistory).map(a => a.fullName))
    this.hasDerived = derived.length > 0
    for (const type of schema.entities.values()) {
      for (const attribute of type.attributes.values()) {
        this.#add(type.name, type.abstract, attribute.name, { kind: "stored", attribute })
      }
    }
    for (const one of derived) {
      for (const type of one.types) {
        const abstract = schema.entities.get(type)?.abstract ?? null
        this.#add(type, abstract, one.name, { kind: "derived", derived: one })
      }
    }
  }

  /** What a name, short or full, stands for; undefined: nothing anywhere. */
  called(name: string): Meanings | undefined {
    return this.#byName.get(name)
  }

  /** The entity types that a name of one, or of an abstract, stands for; undefined: there is none. */
  typesOf(name: string): readonly string[] | undefined {
    return this.schema.abstracts.get(name) ?? (this.schema.entities.has(name) ? [name] : undefined)
  }

  /** A field for each attribute that an entity type stores. */
  all(type: string): readonly Field[] {
    const known = this.#all.get(type)
    if (known !== undefined) return known
    const stored = [...(this.schema.entities.get(type)?.attributes.values() ?? [])]
    const fields = stored.map(({ name }): Field => ({
      as: name,
      source: { kind: "attribute", name, meanings: this.#byName.get(name)! },
      onward: null,
      limit: Infinity,
      offset: 0,
      otherwise: undefined,
      params: {},
      path: "*",
    }))
    this.#all.set(type, fields)
    return fields
  }

  /** How a store finds the values of an attribute. */
  fact(attribute: Attribute): FactAttribute {
    const known = this.#facts.get(attribute.fullName)
    if (known !== undefined) return known
    const { fullName, name, type, many } = attribute
    const stored = [...(this.#byName.get(fullName) ?? new Map<string, Meaning>())]
    const types = stored.filter(([, meaning]) => meaning.kind === "stored").map(([entity]) => entity)
    // Whether its values are rows is the same for all that share the name.
    const lookup = this.schema.attribute(fullName)?.lookup ?? attribute.lookup
    const fact = { fullName, name, types, type, many, lookup }
    this.#facts.set(fullName, fact)
    return fact
  }

  #add(type: string, abstract: string | null, name: string, meaning: Meaning): void {
    for (const called of [name, `${type}/${name}`, ...(abstract === null ? [] : [`${abstract}/${name}`])]) {
      const meanings = this.#byName.get(called)
      if (meanings === undefined) this.#byName.set(called, new Map([[type, meaning]]))
      else meanings.set(type, meaning)
    }
  }
}
