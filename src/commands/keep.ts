import { isEmptied } from "../kernel/erased.ts"
import { isObject, sameJson, type Json, type JsonObject } from "../kernel/json.ts"
import type { Command } from "../kernel/message.ts"
import type { CompiledSchema } from "../schema/compile.ts"

/** What stands where something sensitive was. */
export const redacted = "(redacted)"

/** A command's data as it may be kept. */
export type Keep = (command: Pick<Command, "type" | "data">) => JsonObject

/**
 * Builds what takes out of a command's data all that the schema calls sensitive: the places that its command type
 * names, and in a `Transact` the values of sensitive attributes. Where nothing is sensitive, the data itself is kept.
 */
export function keeping(schema: CompiledSchema): Keep {
  const attributes = new Set<string>()
  for (const entity of schema.entities.values()) {
    for (const attribute of entity.attributes.values()) if (attribute.sensitive) attributes.add(attribute.name)
  }
  return ({ type, data }) => {
    if (type === "Transact") return attributes.size === 0 ? data : (withoutValues(data, attributes) as JsonObject)
    return keepable(data, schema.commands.get(type)?.sensitive ?? [])
  }
}

/** Data without what is at these JSON Pointers. `-` stands for each item of a list. */
function keepable(data: JsonObject, pointers: readonly string[]): JsonObject {
  return pointers.reduce((kept, pointer) => {
    return withoutAt(kept, pointer.split("/").slice(1).map(unescaped)) as JsonObject
  }, data)
}

/** Whether something was taken out of data that was kept. */
export function lacks(data: Json | undefined): boolean {
  if (data === redacted) return true
  if (Array.isArray(data)) return data.some(lacks)
  return isObject(data) && Object.values(data).some(lacks)
}

/** Whether two commands with one id ask for the same, as far as it is kept. */
export function sameAsked(kept: Command, sent: Command, keep: Keep): boolean {
  // Of what was erased nobody can say any more what it was.
  const isSame = () => isEmptied(kept.data) || sameJson(keep(kept), keep(sent))
  return (
    kept.type === sent.type &&
    sameJson(kept.target, sent.target) &&
    kept.occurredAt === sent.occurredAt &&
    kept.expectedVersion === sent.expectedVersion &&
    kept.basisT === sent.basisT &&
    isSame()
  )
}

function withoutAt(value: Json, path: readonly string[]): Json {
  const [step, ...rest] = path
  if (step === undefined) return redacted
  if (Array.isArray(value)) {
    return value.map((item: Json, i) => (step === "-" || step === String(i) ? withoutAt(item, rest) : item))
  }
  if (!isObject(value) || value[step] === undefined) return value
  return { ...value, [step]: withoutAt(value[step], rest) }
}

function unescaped(step: string): string {
  return step.replaceAll("~1", "/").replaceAll("~0", "~")
}

// Ops nest, and may name an entity by an id whose type only the store knows: every attribute of such a name is hidden.
function withoutValues(value: Json | undefined, attributes: ReadonlySet<string>): Json | undefined {
  if (Array.isArray(value)) {
    const [name] = value as readonly Json[]
    if (value.length === 2 && typeof name === "string" && attributes.has(shortName(name))) return [name, redacted]
    return value.map((item: Json) => withoutValues(item, attributes) as Json)
  }
  if (!isObject(value)) return value
  const { attr } = value
  const cas = "cas" in value && typeof attr === "string" && attributes.has(shortName(attr))
  const entries = Object.entries(value).map(([key, member]): [string, Json | undefined] => {
    const hides = member !== null && (attributes.has(shortName(key)) || (cas && (key === "old" || key === "new")))
    return [key, hides ? redacted : withoutValues(member, attributes)]
  })
  return Object.fromEntries(entries)
}

function shortName(name: string): string {
  return name.slice(name.lastIndexOf("/") + 1)
}
