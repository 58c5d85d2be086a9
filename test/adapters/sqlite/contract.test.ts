import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { sqliteStore } from "../../../src/adapters/sqlite/index.ts"
import { storeContract } from "../../../src/testing/store-contract.ts"

storeContract("SQLite", async ({ clock }) => {
  const folder = mkdtempSync(join(tmpdir(), "daybook-"))
  const now = () => clock.now()
  let store = sqliteStore({ path: join(folder, "daybook.db"), now })
  return {
    store,
    async reopen() {
      store.close()
      store = sqliteStore({ path: join(folder, "daybook.db"), now })
      return store
    },
    async close() {
      store.close()
      rmSync(folder, { recursive: true })
    },
    openBackup: async path => sqliteStore({ path, now, readonly: true }),
  }
})
