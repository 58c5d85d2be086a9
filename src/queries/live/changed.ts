import type { Document } from "../../kernel/entity.ts"
import { sameJson, type Json } from "../../kernel/json.ts"
import type { T } from "../../kernel/message.ts"
import type { FactStore, KeyedEntity } from "../../ports/facts.ts"
import type { CompiledSchema } from "../../schema/compile.ts"
import type { Changed } from "./interest.ts"

type Parts = { readonly facts: FactStore; readonly schema: CompiledSchema }

/** What became of some entities between two moments, and nothing about those of which nothing became. */
export async function changedBetween(
  { facts, schema }: Parts,
  ids: readonly string[],
  from: T,
  to: T,
): Promise<readonly Changed[]> {
  const keys = (await facts.keys(ids)).filter(key => key !== null)
  const [before, after] = await Promise.all([facts.entities(keys, from), facts.entities(keys, to)])
  return keys.flatMap((_, i) => changedOne(schema, before[i] ?? null, after[i] ?? null) ?? [])
}

function changedOne(schema: CompiledSchema, before: KeyedEntity | null, after: KeyedEntity | null): Changed | null {
  const there = after ?? before
  if (there === null || (before !== null && before.fromT === after?.fromT)) return null
  const attributes = new Set<string>()
  const values: [string, Json][] = []
  const type = schema.entities.get(there.type)
  for (const name of new Set([...namesIn(before), ...namesIn(after)])) {
    const fullName = type?.attributes.get(name)?.fullName ?? `${there.type}/${name}`
    const [was, is] = [before?.document[name], after?.document[name]]
    if (!sameJson(was, is)) attributes.add(fullName)
    for (const value of [...listed(was), ...listed(is)]) values.push([fullName, value])
  }
  if (before === null || after === null) attributes.add("@type")
  return { id: there.id, attributes, values }
}

function namesIn(entity: KeyedEntity | null): readonly string[] {
  return Object.keys(entity?.document ?? ({} satisfies Document))
}

function listed(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? (value as readonly Json[]) : [value]
}
