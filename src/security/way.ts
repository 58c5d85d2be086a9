import { assert } from "../kernel/refusal.ts"
import type { FactAttribute } from "../ports/facts.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { BaseType, Path, Step } from "../schema/grammar.ts"

/** One step along an attribute: from its holders to its values, or backwards. */
export type PlainStep = {
  readonly attribute: FactAttribute
  readonly backwards: boolean
  /** The types of holder that count; null: all that have the attribute. */
  readonly holders: ReadonlySet<string> | null
}

/** A step; starred: any number of times, also none. */
export type WayStep = PlainStep & { readonly star: boolean }

/** The way from one entity to others or to values, with nothing left to look up. */
export type Way = {
  readonly steps: readonly WayStep[]
  /** What is at its end. */
  readonly end: BaseType | "entity"
}

/** What a store is asked for when it is asked for an attribute, by any of its full names. */
export function factAttribute(schema: CompiledSchema, name: string): FactAttribute {
  const attribute = schema.attribute(name)
  assert(attribute !== undefined, `a rule names ${name}, which its schema does not have`)
  const { fullName, type, many, lookup } = attribute
  const types = (schema.expanded.attributes[fullName] ?? []).map(one => one.entity)
  return { fullName, name: attribute.name, types, type, many, lookup }
}

/** Reads a path of a rule. */
export function wayOf(schema: CompiledSchema, path: Path): Way {
  const steps = path.map(step => stepOf(schema, step))
  const last = steps.at(-1)
  assert(last !== undefined, "a path has at least one step")
  const leads = last.star || last.backwards || last.attribute.type === "ref"
  return { steps, end: leads ? "entity" : last.attribute.type }
}

function stepOf(schema: CompiledSchema, written: Step): WayStep {
  let step = written
  while (typeof step !== "string") step = step.star
  const backwards = step.includes("/_")
  const name = step.replace("/_", "/")
  const attribute = factAttribute(schema, name)
  const entity = name.slice(0, name.indexOf("/"))
  // `Variant/attr` is stored with its whole family's, and means only the variant's.
  const only = attribute.fullName !== name && attribute.types.some(type => type !== entity)
  return { attribute, backwards, holders: only ? new Set([entity]) : null, star: step !== written }
}

/** The same way from its end to its beginning. Only for one that ends at entities. */
export function inverse(way: Way): Way {
  return { steps: way.steps.toReversed().map(step => ({ ...step, backwards: !step.backwards })), end: "entity" }
}

/** Whether a step may lead from one entity to many: then, repeated, it is better walked from its other end. */
export function fansOut({ attribute, backwards }: PlainStep): boolean {
  return backwards || attribute.many
}
