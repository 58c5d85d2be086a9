import { injector, type Injected } from "../kernel/inject.ts"
import { isObject, type Json, type JsonObject } from "../kernel/json.ts"
import { namedQueryNeeds, type NamedQuery } from "../kernel/named-query.ts"
import { Refusal, type Fault } from "../kernel/refusal.ts"
import { promptsQuery } from "../kernel/prompt.ts"
import { lazyValidator, schemaFaults } from "../schema/ajv.ts"

/** A named query, ready to be asked. */
export type CompiledQuery = {
  readonly name: string
  readonly validate: (data: Json) => readonly Fault[]
  readonly run: Injected
  /** Whether it is kept that a person has asked it. */
  readonly record: boolean
}

/** Compiles the named queries of an app, or throws one Error that says everything that does not fit. */
export function compileQueries(
  queries: readonly NamedQuery[],
  adapters: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, CompiledQuery> {
  const problems: string[] = []
  const compiled = new Map<string, CompiledQuery>()
  for (const { name, data, run, inject, record = false } of queries) {
    const place = `the query ${name}`
    if (name === promptsQuery) problems.push(`There is a query ${name}, which is what the prompts are asked by`)
    if (compiled.has(name)) problems.push(`There are two queries ${name}`)
    const [fault] = schemaFaults(data as JsonObject)
    if (fault !== undefined) problems.push(`The data of ${place} is no JSON Schema: ${fault.path} ${fault.message}`)
    try {
      const injected = injector(run, place, [...namedQueryNeeds, ...Object.keys(adapters)], inject)
      compiled.set(name, { name, validate: lazyValidator(data), run: injected, record })
    } catch (error) {
      problems.push(error instanceof Error ? error.message : String(error))
    }
  }
  if (problems.length > 0) throw new Error(`The queries do not fit together:\n- ${problems.join("\n- ")}`)
  return compiled
}

/** Refuses data that is against the query's schema, with paths into the body. */
export function refuseData(query: CompiledQuery, data: Json): void {
  const faults = query.validate(data).map(fault => ({ ...fault, path: `/data${fault.path}` }))
  const [first] = faults
  if (first === undefined) return
  throw new Refusal("invalid", `The query ${query.name}: ${first.path} ${first.message}`, { name: query.name }, faults)
}

/** A JSON value out of what code of the application answered with; undefined: it is none. */
export function jsonOf(value: unknown): Json {
  if (value === undefined) return null
  if (value === null || typeof value === "string" || typeof value === "boolean") return value
  if (typeof value === "number") return Number.isFinite(value) ? value : null
  if (Array.isArray(value)) return value.map(jsonOf)
  if (isObject(value)) return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, jsonOf(item)]))
  return null
}
