import { isObject, type Json } from "../../../kernel/json.ts"
import type { Refusal } from "../../../kernel/refusal.ts"
import { unknownSentence } from "../../../schema/faults.ts"
import type { Attributes, DatalogAttribute } from "../attributes.ts"
import { malformed, unknown, type Place } from "../refuse.ts"
import type { DraftTerm } from "./draft.ts"
import type { Scope } from "./scope.ts"

/** Whether a piece of JSON is a variable. */
export function isVariable(json: Json | undefined): json is `?${string}` {
  return typeof json === "string" && json.startsWith("?") && json.length > 1
}

/** Whether it is `{"value": …}`: a value, whatever it looks like. */
export function isLiteral(json: Json | undefined): boolean {
  return isObject(json) && Object.keys(json).length === 1 && json["value"] !== undefined
}

/** A constant as it is meant: without the wrapping of a literal. */
export function constantOf(json: Json): { readonly value: Json; readonly literal: boolean } {
  return isObject(json) && isLiteral(json)
    ? { value: json["value"] ?? null, literal: true }
    : { value: json, literal: false }
}

/** Whether it is an array of two that names an entity by the value of a unique attribute. */
export function isLookup(json: Json | undefined): json is readonly [string, Json] {
  return Array.isArray(json) && json.length === 2 && typeof json[0] === "string" && json[0].includes("/", 1)
}

/** Reads what stands in a place of a clause. `binds`: a variable gets its values there. */
export function readTerm(json: Json | undefined, scope: Scope, place: Place, binds: boolean): DraftTerm {
  if (json === undefined) throw malformed(place, `Something is missing at ${place.path}`)
  if (json === "_") return { kind: "anything" }
  if (isVariable(json)) return { kind: "variable", cell: scope.variable(json, binds) }
  if (json === "?") throw malformed(place, 'A variable has a name behind its "?"')
  return { kind: "constant", ...constantOf(json), place }
}

/** Checks what stands for an entity: a variable, an id, a lookup or anything. */
export function asEntity(term: DraftTerm, attributes: Attributes): DraftTerm {
  if (term.kind === "variable") term.cell.sort.isEntity()
  if (term.kind === "constant") checkNaming(term.value, term.literal, term.place, attributes)
  return term
}

/** Refuses what cannot name an entity. */
export function checkNaming(value: Json, literal: boolean, place: Place, attributes: Attributes): void {
  if (typeof value === "string") return
  if (!literal && isLookup(value)) {
    const { type } = identity(value[0], place, attributes)
    if (type === "ref") checkNaming(value[1], false, place, attributes)
    return
  }
  throw malformed(place, "An entity is named by its id or by a lookup [attribute, value]")
}

/** The attribute of a lookup: a unique one. */
export function identity(name: string, place: Place, attributes: Attributes): DatalogAttribute {
  const attribute = readAttribute(name, place, attributes)
  if (attribute.unique !== null) return attribute
  throw malformed(place, `${name} is not unique: nothing can be looked up by it`)
}

/** That an attribute leads nowhere, so that nothing leads back. */
export function notBackwards({ fullName }: DatalogAttribute, place: Place): Refusal {
  return malformed(place, `Only a reference can be walked backwards: ${fullName} is none`)
}

/** The attribute of a name, forwards. */
export function readAttribute(name: Json | undefined, place: Place, attributes: Attributes): DatalogAttribute {
  if (typeof name !== "string") throw malformed(place, "An attribute is named by its full name, Entity/attribute")
  const attribute = attributes.named(name)
  if (attribute !== undefined) return attribute
  const entity = name.slice(0, name.indexOf("/"))
  const near = attributes.all.map(a => a.fullName).filter(full => full.startsWith(`${entity}/`))
  const names = near.length > 0 ? near : attributes.all.map(a => a.fullName)
  throw unknown(place, unknownSentence("attribute", name, names))
}
