import { isObject, type JsonObject } from "../kernel/json.ts"
import type { BaseType } from "./grammar.ts"
import { isBaseType } from "./value-types.ts"

/** An attribute with the custom types it builds on merged in; its own keys win. Without a base, it leads nowhere. */
export type Resolved = {
  readonly definition: JsonObject
  readonly base: BaseType | null
  readonly chain: readonly string[]
}

/** Follows the custom types of an attribute down to a base type. */
export function resolveType(attribute: JsonObject, types: JsonObject): Resolved {
  let definition = attribute
  const chain: string[] = []
  while (!isBaseType(definition["type"])) {
    const name = definition["type"]
    const next = typeof name === "string" && Object.hasOwn(types, name) ? types[name] : undefined
    if (typeof name !== "string" || !isObject(next) || chain.includes(name)) return { definition, base: null, chain }
    chain.push(name)
    const { type: _named, ...own } = definition
    definition = { ...next, ...own }
  }
  return { definition, base: definition["type"], chain }
}
