import { existsSync } from "node:fs"
import { writeFile } from "node:fs/promises"
import { serialize } from "node:v8"
import { Refusal } from "../../kernel/refusal.ts"
import { noHash } from "../../ports/hash.ts"
import type { MaintenanceStore } from "../../ports/maintenance.ts"
import { findings } from "./chain.ts"
import { erasedOf } from "./erase.ts"
import { rebuildValues } from "./rebuild-values.ts"
import { basisOf, kept, type Memory } from "./memory.ts"

/** What keeps a memory healthy, and looks whether it is. */
export function memoryMaintenance(memory: Memory): MaintenanceStore {
  return {
    about: () => ({ kind: "memory", place: ":memory:", version: 1, bytes: serialize(memory).byteLength }),
    schemas: () => [...memory.schemas],
    keepSchema(schema) {
      if (memory.schemas.at(-1)?.hash === schema.hash) return
      memory.schemas.push({ ...kept(schema), fromT: basisOf(memory) + 1 })
    },
    rebuildValues: (attributes, after, limit) => rebuildValues(memory, attributes, after, limit),
    erased: erasure => erasedOf(memory, erasure),
    async *verify() {
      yield* findings(memory)
    },
    async backup(path) {
      if (existsSync(path)) throw new Refusal("conflict", `The file ${path} is there already`, { path })
      await writeFile(path, serialize(memory), { flag: "wx" })
    },
    chain: () => ({ t: basisOf(memory), hash: memory.transactions.at(-1)?.hash ?? noHash }),
  }
}
