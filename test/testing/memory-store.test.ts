import { readFileSync } from "node:fs"
import { deserialize } from "node:v8"
import { emptyMemory, memoryStore, type Memory } from "../../src/testing/memory-store.ts"
import { storeContract } from "../../src/testing/store-contract.ts"

storeContract("memory", async ({ clock }) => {
  const memory = emptyMemory()
  return {
    store: memoryStore({ clock, memory }),
    reopen: async () => memoryStore({ clock, memory }),
    openBackup: async path => memoryStore({ clock, memory: deserialize(readFileSync(path)) as Memory }),
    close: async () => {},
  }
})
