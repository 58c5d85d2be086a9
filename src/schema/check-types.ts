import type { JsonObject } from "../kernel/json.ts"
import type { Catalog } from "./catalog.ts"
import { checkAttribute } from "./check-attribute.ts"
import { at } from "./faults.ts"
import { checkName } from "./names.ts"
import { resolveType } from "./resolve-type.ts"
import { members, type Checking } from "./shape.ts"
import { isBaseType } from "./value-types.ts"

/** Checks the custom types: each is an attribute to build on, and none builds on itself. */
export function checkTypes(schema: JsonObject, checking: Checking): void {
  const { faults, catalog } = checking
  for (const { name, value, path } of members(schema, "types", "The table of types", "", faults)) {
    checkName(name, "a type", path, faults)
    const circle = circleOf(name, catalog)
    if (isBaseType(name)) faults.add(path, "built-in-type", `${name} is a built-in type and cannot be defined anew`)
    else if (circle !== null) faults.add(at(path, "type"), "type-cycle", `The type ${name} builds on itself: ${circle}`)
    else checkAttribute(value, { path, owner: null, checking })
  }
}

function circleOf(name: string, { types }: Catalog): string | null {
  const { base, definition, chain } = resolveType({ type: name }, types)
  return base === null && chain.length > 0 && definition["type"] === name ? [...chain, name].join(" → ") : null
}
