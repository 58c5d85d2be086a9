import { Refusal } from "../../kernel/refusal.ts"
import type { Fence } from "../../ports/leases.ts"
import type { ProjectionStore } from "../../ports/projections.ts"
import { isStale } from "./leases.ts"
import type { KeptProjection, Memory } from "./memory.ts"

/** The rows of read models, out of a memory. */
export function memoryProjections(memory: Memory): ProjectionStore {
  return {
    progress: () =>
      [...memory.projections].flatMap(([name, versions]) =>
        [...versions].map(([version, { reached, live }]) => ({ name, version, reached, live })),
      ),

    rows(name, version, keys) {
      const rows = projectionOf(memory, name, version)?.rows
      return new Map(keys.flatMap(key => (rows?.has(key) ? [[key, rows.get(key)!]] : [])))
    },

    list(name, version, { after, limit }) {
      return [...(projectionOf(memory, name, version)?.rows ?? [])]
        .filter(([key]) => after === undefined || key > after)
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .slice(0, limit)
        .map(([key, row]) => ({ key, row }))
    },

    begin(name, version, fence) {
      checkFence(memory, fence)
      const versions = memory.projections.get(name) ?? new Map<number, KeptProjection>()
      const live = versions.get(version)?.live ?? false
      memory.projections.set(name, versions.set(version, { reached: 0, live, rows: new Map() }))
    },

    swap(name, version, fence) {
      checkFence(memory, fence)
      const chosen = projectionOf(memory, name, version)
      if (chosen === undefined) return
      chosen.live = true
      memory.projections.set(name, new Map([[version, chosen]]))
    },

    drop: name => void memory.projections.delete(name),
  }
}

function checkFence(memory: Memory, fence: Fence | undefined): void {
  if (fence === undefined || !isStale(memory, fence)) return
  throw new Refusal("conflict", `The lease ${fence.name} is another's by now`, { ...fence })
}

function projectionOf(memory: Memory, name: string, version: number): KeptProjection | undefined {
  return memory.projections.get(name)?.get(version)
}
