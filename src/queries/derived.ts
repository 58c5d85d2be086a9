import type { Clock } from "../kernel/clock.ts"
import { derivedNeeds, type Derived } from "../kernel/derived.ts"
import { injector, type Injected } from "../kernel/inject.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { unknownSentence } from "../schema/faults.ts"
import type { Attribute } from "../schema/types.ts"

/** A derived attribute, ready to be asked for. */
export type CompiledDerived = {
  /** As it is written: `Entity/name`. */
  readonly fullName: string
  readonly name: string
  readonly types: readonly string[]
  /** What it needs, by entity type. */
  readonly needs: ReadonlyMap<string, readonly Attribute[]>
  readonly run: Injected
  readonly timeoutMs: number
  readonly onError: Derived["onError"]
}

/** What derived attributes are resolved with. */
export type DerivedRunner = {
  readonly clock: Clock
  readonly adapters: Readonly<Record<string, unknown>>
  /** Makes what tells somebody that nobody waits for them any more: an `AbortSignal`, and how it is aborted. */
  readonly aborting: () => { readonly signal: unknown; readonly abort: (reason: Error) => void }
}

/** Compiles the derived attributes of an app, or throws one Error that says everything that does not fit. */
export function compileDerived(
  derived: readonly Derived[],
  schema: CompiledSchema,
  adapters: Readonly<Record<string, unknown>>,
): readonly CompiledDerived[] {
  const problems: string[] = []
  const taken = new Set<string>()
  const compiled = derived.flatMap(one => {
    try {
      const made = compile(one, schema, adapters)
      for (const type of made.types) {
        const key = `${type}/${made.name}`
        if (taken.has(key)) throw new Error(`There are two derived attributes ${key}`)
        taken.add(key)
      }
      return [made]
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
      return []
    }
  })
  if (problems.length > 0) throw new Error(`The derived attributes do not fit together:\n- ${problems.join("\n- ")}`)
  return compiled
}

const written = /^([^/]+)\/(\p{L}[\p{L}\p{N}_-]*)$/u

function compile(
  derived: Derived,
  schema: CompiledSchema,
  adapters: Readonly<Record<string, unknown>>,
): CompiledDerived {
  const place = `the derived attribute ${derived.name}`
  const [, entity = "", name = ""] = written.exec(derived.name) ?? []
  if (name === "" || name in {}) throw new Error(`${place} is not called Entity/name`)
  const types = schema.abstracts.get(entity) ?? (schema.entities.has(entity) ? [entity] : null)
  if (types === null) {
    const known = [...schema.entities.keys(), ...schema.abstracts.keys()]
    throw new Error(`${place}: ${unknownSentence("entity", entity, known)}`)
  }
  const stored = types.find(type => schema.entities.get(type)?.attributes.has(name))
  if (stored !== undefined) throw new Error(`${place} has the name of an attribute that ${stored} stores`)
  if (!(derived.timeoutMs > 0)) throw new Error(`${place} has timeoutMs ${derived.timeoutMs}: that is a number above 0`)
  const known = [...derivedNeeds, ...Object.keys(adapters)]
  return {
    fullName: derived.name,
    name,
    types,
    needs: new Map(types.map(type => [type, derived.needs.map(need => needed(need, type, place, schema))])),
    run: injector(derived.run, place, known, derived.inject),
    timeoutMs: derived.timeoutMs,
    onError: derived.onError,
  }
}

function needed(name: string, type: string, place: string, schema: CompiledSchema): Attribute {
  const attributes = schema.entities.get(type)?.attributes ?? new Map<string, Attribute>()
  const found = attributes.get(name) ?? [...attributes.values()].find(a => a.fullName === name)
  if (found !== undefined) return found
  throw new Error(`${place} needs ${name}: ${unknownSentence("attribute", name, attributes.keys(), type)}`)
}
