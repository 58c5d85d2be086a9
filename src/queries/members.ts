import { isObject, type Json } from "../kernel/json.ts"

/** Of a value that is no entity, the members that a pattern names; of a list, of each. What is not there is absent. */
export function membersOf(value: Json, members: Json): Json {
  if (Array.isArray(value)) return value.map((item: Json) => membersOf(item, members))
  if (!isObject(value) || !Array.isArray(members) || members.includes("*")) return value
  const told: Record<string, Json> = {}
  for (const member of members as readonly Json[]) {
    const inner = isObject(member)
      ? Object.entries(member)
      : typeof member === "string"
        ? [[member, null] as const]
        : []
    for (const [name, onward] of inner) {
      const found = Object.hasOwn(value, name) ? value[name] : undefined
      if (found !== undefined) told[name] = membersOf(found, onward ?? null)
    }
  }
  return told
}
