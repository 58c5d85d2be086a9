import { isObject } from "../kernel/json.ts"
import type { Fault } from "../kernel/refusal.ts"
import type { CompiledSchema } from "./compile.ts"
import { at } from "./faults.ts"
import type { Attribute } from "./types.ts"

/**
 * What a new schema changes about attributes that data is stored under already, so that it would be read wrongly: their
 * type, and whether there may be many values. It takes both sides to change that: `"alter": true` on the attribute, and
 * `alter` from whoever starts the new schema. What is added, relaxed or left out needs neither: older data stays
 * readable. Another schema of the same version is a fault as well, since commits are stamped with the version.
 */
export function alterationFaults(before: CompiledSchema, after: CompiledSchema, alter = false): readonly Fault[] {
  const faults: Fault[] = []
  if (after.version < before.version || (after.version === before.version && after.hash !== before.hash)) {
    const message = `The schema differs from version ${before.version}, which was in force, so its version must be higher`
    faults.push({ path: "/version", code: "version", message })
  }
  for (const entity of after.entities.values()) {
    for (const attribute of entity.attributes.values()) {
      const old = before.entities.get(entity.name)?.attributes.get(attribute.name)
      const aspects = old === undefined ? [] : differences(old, attribute)
      if (aspects.length === 0 || (alter && isAlterable(attribute))) continue
      const path = at(at(at("/entities", entity.name), "attributes"), attribute.name)
      const message = `${entity.name}/${attribute.name} has values already, and another ${aspects.join(" and ")} now`
      faults.push({ path, code: "altered", message: `${message}: say "alter": true there, and alter when starting` })
    }
  }
  return faults
}

function differences(old: Attribute, attribute: Attribute): readonly string[] {
  return [
    ...(old.type === attribute.type ? [] : ["type"]),
    ...(old.many === attribute.many ? [] : ["cardinality"]),
    ...(old.fullName === attribute.fullName ? [] : ["full name"]),
  ]
}

function isAlterable({ definition }: Attribute): boolean {
  return isObject(definition) && definition["alter"] === true
}
