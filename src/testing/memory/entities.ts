import type { EntityAt, Head } from "../../kernel/entity.ts"
import type { T } from "../../kernel/message.ts"
import type { EntityStore } from "../../ports/entities.ts"
import { valueKey, type KeptVersion, type Memory } from "./memory.ts"

/** Entities as they are from t on, out of a memory. */
export function memoryEntities(memory: Memory): EntityStore {
  const versionAt = (id: string, t: T): KeptVersion | undefined =>
    memory.versions.get(id)?.findLast(version => version.fromT <= t)

  const at = (id: string, t: T): EntityAt | null => {
    const version = versionAt(id, t)
    if (version === undefined || version.document === null) return null
    const { type, fromT, createdT, document } = version
    return { id, type, fromT, createdT, document }
  }

  const holdersAt = (attribute: string, value: string | number | boolean, t: T): string[] => {
    const rows = memory.values.get(valueKey(attribute, value)) ?? []
    return inOrderOfCreation(rows.filter(row => row.fromT <= t && t < row.toT).map(row => at(row.id, t)))
  }

  const holders = (attribute: string, value: string | number | boolean) =>
    holdersAt(attribute, value, Number.MAX_SAFE_INTEGER)

  return {
    at,
    holdersAt,
    holders,
    holdersOf: values => values.map(one => holders(...one)),
    wasHeld: (attribute, value) => (memory.values.get(valueKey(attribute, value))?.length ?? 0) > 0,
    heads: ids => ids.map(id => headOf(memory, id)),
    versions: id => (memory.versions.get(id) ?? []).map(({ fromT, document }) => ({ fromT, document })),
    ids(type, t, { after, limit }) {
      const entities = [...memory.versions.keys()].map(id => at(id, t)).filter(entity => entity?.type === type)
      const all = inOrderOfCreation(entities)
      const from = after === undefined ? 0 : all.indexOf(after) + 1
      return all.slice(from, from + limit)
    },
  }
}

/** The newest state of an entity. */
export function headOf(memory: Memory, id: string): Head {
  const stream = memory.streams.get(id)
  const newest = memory.versions.get(id)?.at(-1)
  return {
    id,
    type: newest?.type ?? stream?.type ?? "",
    version: stream?.events.length ?? 0,
    t: newest?.fromT ?? 0,
    document: newest?.document ?? null,
  }
}

// Of several that came into being in one transaction, the one with the smaller id is first.
function inOrderOfCreation(entities: readonly (EntityAt | null)[]): string[] {
  return entities
    .filter(entity => entity !== null)
    .toSorted((a, b) => a.createdT - b.createdT || (a.id < b.id ? -1 : 1))
    .map(entity => entity.id)
}
