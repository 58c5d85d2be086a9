import { isObject, type JsonObject } from "../kernel/json.ts"
import { projectionStream } from "../kernel/projection.ts"
import { isFamily } from "./catalog.ts"
import { checkAttribute } from "./check-attribute.ts"
import { checkFamily } from "./check-family.ts"
import { checkImplies, checkPermissions } from "./check-groups.ts"
import { checkRequired } from "./check-required.ts"
import { checkAssign } from "./check-rules.ts"
import { at } from "./faults.ts"
import { checkName } from "./names.ts"
import { asObject, members, type Checking, type Member, type Part } from "./shape.ts"

/** Checks the entity types of a schema, and its abstracts with their variants. */
export function checkEntities(schema: JsonObject, checking: Checking): void {
  const { faults } = checking
  if (asObject(schema["entities"], "The table of entities", "/entities", faults) === null) return
  const names = new Set<string>()
  for (const entity of members(schema, "entities", "The table of entities", "", faults)) {
    checkEntityName(entity, names, checking)
    if (isFamily(entity.value)) checkVariants(entity, entity.value, names, checking)
    else checkEntity(entity, entity.name, attributeNames(entity.value), checking)
  }
}

function checkEntityName({ name, path }: Member, names: Set<string>, { faults }: Checking): void {
  checkName(name, "an entity", path, faults)
  if (name === projectionStream) faults.add(path, "reserved", `${name} is what the streams of read models are called`)
  if (names.has(name))
    faults.add(path, "duplicate", `There are two entities ${name}; every variant has a name of its own`)
  names.add(name)
}

function checkVariants(entity: Member, family: JsonObject, names: Set<string>, checking: Checking): void {
  const { faults } = checking
  const abstractPath = at(entity.path, "abstract")
  const shared = attributeNames(family["abstract"])
  checkEntity({ value: family["abstract"], path: abstractPath }, entity.name, shared, checking)
  for (const key of ["attributes", "required", "assign", "implies", "permissions"]) {
    // Kept as an unknown key it would be a rule that is written and not in force.
    if (key in family)
      faults.add(at(entity.path, key), "misplaced", `${key} of ${entity.name} belongs into its abstract`)
  }
  const variants = members(family, "variants", "The table of variants", entity.path, faults)
  if (family["variants"] === undefined || (isObject(family["variants"]) && variants.length === 0)) {
    faults.add(at(entity.path, "variants"), "required", "An abstract has at least one variant")
  }
  for (const variant of variants) {
    checkEntityName(variant, names, checking)
    checkEntity(variant, variant.name, [...shared, ...attributeNames(variant.value)], checking, entity.name)
  }
  checkFamily(
    entity,
    variants.map(variant => variant.name),
    checking,
  )
}

function checkEntity(
  { value, path }: { readonly value: Part; readonly path: string },
  name: string,
  known: readonly string[],
  checking: Checking,
  abstract?: string,
): void {
  const { faults } = checking
  const entity = asObject(value, "The definition of an entity", path, faults)
  if (entity === null) return
  // A variant may add nothing but its name.
  if (entity["attributes"] === undefined && abstract === undefined) {
    faults.add(at(path, "attributes"), "required", "An entity lists its attributes; a table without any will do")
  }
  for (const attribute of members(entity, "attributes", "The table of attributes", path, faults)) {
    checkName(attribute.name, "an attribute", attribute.path, faults)
    checkAttribute(attribute.value, { path: attribute.path, owner: name, checking })
  }
  const owners = abstract === undefined ? [name] : [name, abstract]
  checkRequired(entity, owners, new Set(known), path, faults)
  checkAssign(entity, name, path, checking)
  checkImplies(entity, path, checking)
  checkPermissions(entity, path, checking)
}

function attributeNames(definition: Part): readonly string[] {
  return isObject(definition) && isObject(definition["attributes"]) ? Object.keys(definition["attributes"]) : []
}
