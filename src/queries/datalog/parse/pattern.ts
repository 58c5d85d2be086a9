import type { Json } from "../../../kernel/json.ts"
import type { DatalogAttribute } from "../attributes.ts"
import { inside, malformed, unsupported, type Place } from "../refuse.ts"
import type { Draft, DraftTerm } from "./draft.ts"
import type { Reading } from "./reading.ts"
import { asEntity, isVariable, notBackwards, readAttribute, readTerm } from "./terms.ts"

/** Reads `[entity, attribute, value]`, of which the value may be left out. */
export function readPattern(clause: readonly Json[], place: Place, reading: Reading): Draft {
  const { scope, attributes } = reading
  if (typeof clause[0] === "string" && clause[0].startsWith("$")) {
    throw unsupported(place, "A query asks one database: it names no source")
  }
  if (typeof clause[0] === "string" && !isVariable(clause[0]) && Array.isArray(clause[1])) {
    throw unsupported(place, `There is neither a rule nor a clause called ${clause[0]}`)
  }
  if (clause.length < 2) throw malformed(place, "A pattern has an entity and an attribute")
  if (clause.length > 3) throw unsupported(place, "A pattern has an entity, an attribute and a value, and no more")
  const [entityJson, name, valueJson = "_"] = clause
  const entity = readTerm(entityJson, scope, inside(place, 0), true)
  const value = readTerm(valueJson, scope, inside(place, 2), true)
  if (name === "_" || isVariable(name)) {
    const attribute = readTerm(name, scope, inside(place, 1), true)
    return anyPattern(entity, attribute, value, place, reading)
  }
  const forward = typeof name === "string" ? name.replace("/_", "/") : name
  const attribute = readAttribute(forward, inside(place, 1), attributes)
  if (forward === name) return pattern(entity, attribute, value, place, reading)
  if (attribute.type === "ref") return pattern(value, attribute, entity, place, reading)
  throw notBackwards(attribute, inside(place, 1))
}

function pattern(
  entity: DraftTerm,
  attribute: DatalogAttribute,
  value: DraftTerm,
  place: Place,
  { attributes }: Reading,
): Draft {
  asEntity(entity, attributes)
  if (attribute.type === "ref") asEntity(value, attributes)
  else if (value.kind === "variable") value.cell.sort.isValue(attribute.type)
  return { kind: "fact", place, attribute, entity, value }
}

function anyPattern(
  entity: DraftTerm,
  attribute: DraftTerm,
  value: DraftTerm,
  place: Place,
  { attributes }: Reading,
): Draft {
  asEntity(entity, attributes)
  if (attribute.kind === "variable") attribute.cell.sort.isAttribute()
  if (value.kind === "variable") value.cell.sort.isValue()
  return { kind: "anyFact", place, entity, attribute, value }
}
