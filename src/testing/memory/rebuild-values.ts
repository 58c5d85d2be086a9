import type { EntityKey, FactAttribute } from "../../ports/facts.ts"
import { Stretches } from "../../ports/stretches.ts"
import { valueKey, type Memory } from "./memory.ts"

/** Makes the looked-up values of a batch of entities anew. */
export function rebuildValues(
  memory: Memory,
  attributes: readonly FactAttribute[],
  after: EntityKey,
  limit: number,
): EntityKey | null {
  const ids = memory.ids.slice(after, after + limit)
  const own = new Set(ids)
  const names = new Set(attributes.map(({ fullName }) => fullName))
  for (const [key, rows] of memory.values) {
    // Keys are made of a name and a value.
    const [name] = JSON.parse(key) as [string]
    if (!names.has(name)) continue
    const left = rows.filter(row => !own.has(row.id))
    if (left.length === 0) memory.values.delete(key)
    else memory.values.set(key, left)
  }
  for (const id of ids) addStretches(memory, attributes, id)
  return ids.length === 0 ? null : after + ids.length
}

function addStretches(memory: Memory, attributes: readonly FactAttribute[], id: string): void {
  const versions = memory.versions.get(id) ?? []
  const stretches = new Stretches(attributes, versions[0]?.type ?? "")
  for (const { fromT, document } of versions) stretches.take(fromT, document)
  for (const { attribute, value, fromT, toT } of [...stretches.ended(), ...stretches.holding()]) {
    const key = valueKey(attribute.fullName, value)
    memory.values.set(key, [...(memory.values.get(key) ?? []), { id, fromT, toT: toT ?? Infinity }])
  }
}
