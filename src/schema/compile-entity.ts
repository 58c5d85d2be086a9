import type { Document } from "../kernel/entity.ts"
import { frozen, type Json } from "../kernel/json.ts"
import type { Fault } from "../kernel/refusal.ts"
import { checkFor, type ValueCheck } from "./check-value.ts"
import { coerceValue } from "./coerce.ts"
import { compileAttribute } from "./compile-attribute.ts"
import type { ExpandedEntity } from "./expand.ts"
import { at, unknownSentence } from "./faults.ts"
import { listChecks, type ListCheck } from "./required-lists.ts"
import type { Attribute, EntityType } from "./types.ts"

/** An entity type, ready to be used. `read`: the attributes that rules read, as `Entity/attr`. */
export function compileEntity(entity: ExpandedEntity, read: ReadonlySet<string>): EntityType {
  const attributes = new Map(Object.values(entity.attributes).map(a => [a.name, compileAttribute(a, read)]))
  const checks = new Map(Object.values(entity.attributes).map(a => [a.name, checkFor(a.type, a)]))
  const required = [...attributes.values()].filter(a => a.required).map(a => a.name)
  const lists = listChecks(entity.required)
  return {
    name: entity.name,
    abstract: entity.abstract,
    attributes,
    lookups: [...attributes.values()].filter(a => a.lookup),
    files: [...attributes.values()].filter(a => a.type === "file"),
    initial: initialOf([...attributes.values()]),
    definition: entity,
    validate: document => {
      if (isGood(document, checks, required) && lists.every(list => list.isGood(document))) return none
      return faultsOf(document, entity.name, checks, required, lists)
    },
    coerce: (attribute, value) => coerceValue(attributes, entity.name, attribute, value),
  }
}

const none: readonly Fault[] = []

function initialOf(attributes: readonly Attribute[]): Document {
  const initial: Record<string, Json> = {}
  for (const { name, many, default: value } of attributes) {
    if (value !== undefined) initial[name] = value
    else if (many) initial[name] = []
  }
  return frozen(initial)
}

// Nearly every document is good, and this is on the way of every command: nothing is allocated to find that out.
function isGood(document: Document, checks: ReadonlyMap<string, ValueCheck>, required: readonly string[]): boolean {
  for (const name in document) {
    const value = document[name]
    if (value !== undefined && checks.get(name)?.isGood(value) !== true) return false
  }
  for (const name of required) if (document[name] === undefined) return false
  return true
}

function faultsOf(
  document: Document,
  entity: string,
  checks: ReadonlyMap<string, ValueCheck>,
  required: readonly string[],
  lists: readonly ListCheck[],
): readonly Fault[] {
  const faults: Fault[] = []
  for (const [name, value] of Object.entries(document)) {
    if (value === undefined) continue
    const check = checks.get(name)
    if (check !== undefined) faults.push(...check.faults(value, at("", name)))
    else {
      const message = unknownSentence("attribute", name, checks.keys(), entity)
      faults.push({ path: at("", name), code: "unknown-attribute", message })
    }
  }
  for (const name of required) {
    if (document[name] === undefined)
      faults.push({ path: at("", name), code: "required", message: "must have a value" })
  }
  return [...faults, ...lists.flatMap(list => list.faults(document))]
}
