import { sameJson } from "../kernel/json.ts"
import { enumValues } from "./check-enum.ts"
import { at } from "./faults.ts"
import type { Resolved } from "./resolve-type.ts"
import type { Checking, Member } from "./shape.ts"

/**
 * Checks the variants of an abstract against each other. An attribute that several have is stored under one name, so
 * they agree on how; and the name of a variant means nothing else in its family.
 */
export function checkFamily({ name, path }: Member, variants: readonly string[], { catalog, faults }: Checking): void {
  const first = new Map<string, { variant: string; resolved: Resolved }>()
  const keys = new Map<string, string>()
  for (const variant of variants) {
    // Of two entities of one name, which was said already, the catalogue knows only the last.
    const entry = catalog.entities.get(variant)
    if (entry === undefined || entry.abstract !== name) continue
    for (const [attribute, resolved] of entry.attributes) {
      const other = first.get(attribute)
      if (other === undefined) first.set(attribute, { variant, resolved })
      else
        for (const aspect of disagreements(other.resolved, resolved)) {
          const where = at(at(at(at(path, "variants"), variant), "attributes"), attribute)
          const sentence = `${variant} and ${other.variant} share the attribute ${attribute}, but not its ${aspect}`
          faults.add(where, "clash", sentence)
        }
      for (const key of Object.keys(enumValues(resolved.definition, catalog))) keys.set(key, attribute)
    }
  }
  for (const variant of variants) {
    const where = at(at(path, "variants"), variant)
    if (first.has(variant)) faults.add(where, "clash", `${variant} is a variant and an attribute of ${name} at once`)
    const attribute = keys.get(variant)
    if (attribute !== undefined)
      faults.add(where, "clash", `${variant} is a variant of ${name} and a value of ${attribute} at once`)
  }
}

const stored = ["index", "many", "unique"] as const

function disagreements(a: Resolved, b: Resolved): readonly string[] {
  const types = a.base === b.base || a.base === null || b.base === null ? [] : ["type"]
  return [...types, ...stored.filter(key => !sameJson(a.definition[key] ?? false, b.definition[key] ?? false))]
}
