import { describe, vi } from "vitest"
import { postgresStore } from "../../../src/adapters/postgres/index.ts"
import { storeContract } from "../../../src/testing/store-contract.ts"
import { systemIds } from "../../../src/adapters/node/ids.ts"
import { aServer } from "./place.ts"

const server = await aServer()
let schemas = 0

// Some cases ask thousands of questions, each of which goes to another process and back.
vi.setConfig({ testTimeout: 60_000 })

describe.skipIf(server === null)("with a PostgreSQL server", () => {
  storeContract("PostgreSQL", async ({ clock }) => {
    const options = { url: server!.url(), schema: `contract_${++schemas}`, clock, ids: systemIds(), poolMax: 3 }
    let store = await postgresStore(options)
    return {
      store,
      async reopen() {
        await store.close()
        store = await postgresStore(options)
        return store
      },
      close: async () => store.close(),
    }
  })
})
