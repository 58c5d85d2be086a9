import { isId } from "../kernel/ids.ts"
import { isObject, type Json } from "../kernel/json.ts"
import type { Command } from "../kernel/message.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { Scalar } from "./deciding.ts"

// What a `Transact` will ask for, so that a store that is far away is asked once. Hints: whatever else is needed is asked for
// when its op is applied.

/** The ids that its ops name. */
export function namedIds({ data }: Command): readonly string[] {
  // It may be asked before anybody has looked whether it is a command at all.
  const ops: unknown = isObject(data) ? data["ops"] : null
  if (!Array.isArray(ops)) return []
  const named = ops.map((op: Json) => (isObject(op) ? (op["id"] ?? op["retract"] ?? op["cas"]) : undefined))
  return named.filter(id => isId(id) && !id.startsWith("~")) as string[]
}

/** The values that stand for entities in it, however deep: `["Person/email", "ann@example.org"]`. */
export function lookedUp(within: Json | undefined, schema: CompiledSchema): readonly (readonly [string, Scalar])[] {
  if (isObject(within)) return Object.values(within).flatMap(part => lookedUp(part, schema))
  if (!Array.isArray(within)) return []
  const [name, value] = within
  const isLookup = within.length === 2 && typeof name === "string" && schema.attribute(name)?.unique === "identity"
  return isLookup && isScalar(value) ? [[name, value]] : within.flatMap(part => lookedUp(part, schema))
}

function isScalar(value: Json | undefined): value is Scalar {
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
}
