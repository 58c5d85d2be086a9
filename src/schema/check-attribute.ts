import type { JsonObject } from "../kernel/json.ts"
import { constraintKeys } from "./constraints.ts"
import { checkFor } from "./check-value.ts"
import { checkConstraints } from "./check-constraints.ts"
import { checkEnum, enumValues } from "./check-enum.ts"
import { checkPermissions } from "./check-groups.ts"
import { checkPropagation } from "./check-rules.ts"
import { at } from "./faults.ts"
import type { BaseType } from "./grammar.ts"
import { patternFault } from "./patterns.ts"
import { resolveType } from "./resolve-type.ts"
import { asObject, checkFlags, checkTexts, items, type AttributePlace, type Checking, type Part } from "./shape.ts"
import { isBaseType, valueTypes } from "./value-types.ts"

const flags = ["many", "required", "index", "fulltext", "component", "sensitive", "noHistory"]

/** Checks the definition of an attribute, or of a custom type. */
export function checkAttribute(value: Part, place: AttributePlace): void {
  const { path, checking } = place
  const { faults, catalog } = checking
  const attribute = asObject(value, "An attribute", path, faults)
  if (attribute === null) return
  checkFlags(attribute, flags, path, faults)
  checkTexts(attribute, ["label", "doc"], path, faults)
  const { base, definition } = resolveType(attribute, catalog.types)
  checkTypeName(attribute, place)
  checkPermissions(attribute, path, checking)
  // Without a type nothing else can be judged, and that the type is not known has been said.
  if (base === null) return
  checkStorage(attribute, definition, base, place)
  checkConstraints(attribute, definition, base, path, faults)
  checkEnum(attribute, definition, base, path, checking)
  checkTargets(attribute, base, path, checking)
  checkPropagation(attribute, base, place)
  checkDefault(attribute, definition, base, place)
}

function checkTypeName(attribute: JsonObject, { path, checking }: AttributePlace): void {
  const { faults, catalog } = checking
  const { type } = attribute
  if (type === undefined) faults.add(at(path, "type"), "required", "An attribute has a type")
  else if (!isBaseType(type) && (typeof type !== "string" || !Object.hasOwn(catalog.types, type))) {
    faults.unknown(at(path, "type"), "type", type, [...Object.keys(valueTypes), ...Object.keys(catalog.types)])
  }
}

function checkStorage(attribute: JsonObject, definition: JsonObject, base: BaseType, place: AttributePlace): void {
  const { path } = place
  const { faults } = place.checking
  const { unique, fulltext, component } = attribute
  if (unique !== undefined && unique !== "identity" && unique !== "value") {
    faults.add(at(path, "unique"), "unique", 'unique is "identity" or "value"')
  }
  // Said where one of the two is written, and not again wherever a custom type is used.
  const written = ["unique", "many"].find(key => key in attribute)
  if (written !== undefined && definition["unique"] === "identity" && definition["many"] === true) {
    faults.add(at(path, written), "unique", "An identity is one value, not one of many")
  }
  for (const key of ["unique", "index"]) {
    if (!attribute[key] || valueTypes[base].lookedUp) continue
    faults.add(at(path, key), "not-looked-up", `A value of type ${base} cannot be looked up, so ${key} is not for it`)
  }
  if (fulltext === true && base !== "string" && base !== "text") {
    faults.add(at(path, "fulltext"), "fulltext", `fulltext is for string and text, not for ${base}`)
  }
  if (component === true && base !== "ref") {
    faults.add(at(path, "component"), "component", `Only a ref can be a component, not a value of type ${base}`)
  }
}

function checkTargets(attribute: JsonObject, base: BaseType, path: string, { catalog, faults }: Checking): void {
  if (attribute["to"] === undefined) return
  if (base !== "ref")
    return faults.add(at(path, "to"), "to", `Only a ref points somewhere, not a value of type ${base}`)
  const targets = items(attribute, "to", "to, the entity types that a ref may point at,", path, faults)
  if (Array.isArray(attribute["to"]) && targets.length === 0) {
    faults.add(
      at(path, "to"),
      "empty",
      "A ref that may point at nothing is of no use; leave out to, if it may point at anything",
    )
  }
  for (const target of targets) {
    const known = typeof target.value === "string" && catalog.typesOf(target.value).length > 0
    if (!known) faults.unknown(target.path, "entity", target.value, catalog.entityNames)
  }
}

// The default of a custom type was checked there; here it is again if this attribute asks for more of its values.
function checkDefault(attribute: JsonObject, definition: JsonObject, base: BaseType, place: AttributePlace): void {
  const { path } = place
  const { catalog, faults } = place.checking
  const { default: value, pattern } = definition
  const written = ["default", "many", "required", "values", ...Object.keys(constraintKeys)].find(
    key => key in attribute,
  )
  // Nothing can be checked by a pattern that cannot be run, which was said where it is written.
  if (value === undefined || written === undefined) return
  if (typeof pattern === "string" && patternFault(pattern) !== null) return
  const check = checkFor(
    base,
    base === "enum" ? { ...definition, values: enumValues(definition, catalog) } : definition,
  )
  const own = "default" in attribute
  for (const fault of check.faults(value, own ? at(path, "default") : "")) {
    const where = own ? fault.path : at(path, written)
    faults.add(where, "default", `A default must be good for its attribute: it ${fault.message}`)
  }
}
