import pg from "pg"
import { describe } from "vitest"
import { systemClock } from "../../src/adapters/node/clock.ts"
import { systemIds } from "../../src/adapters/node/ids.ts"
import { postgresStore } from "../../src/adapters/postgres/index.ts"
import { LeaseMutex, rowMutex } from "../../src/commands/mutexes.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { mutexContract, type OpenGround } from "../../src/testing/mutex-contract.ts"
import { testStoreVariable } from "../../src/testing/test-store.ts"

let count = 0

/** Two stores on one database, whose leases grow older when time is said to pass. */
const onServer: OpenGround = async () => {
  const url = process.env[testStoreVariable] ?? ""
  const schema = `leased_${process.pid}_${++count}`
  const open = async () => postgresStore({ url, schema, poolMax: 2, clock: systemClock(), ids: systemIds() })
  const stores = [await open(), await open()] as const
  const intruder = new pg.Client({ connectionString: url })
  await intruder.connect()
  const clock = simulatedClock()
  return {
    stores,
    clock,
    async pass(ms) {
      await clock.advance(ms)
      await intruder.query(`UPDATE ${schema}.leases SET until = until - $1::bigint * interval '1 millisecond'`, [ms])
    },
    async close() {
      await Promise.all([...stores.map(async store => store.close()), intruder.end()])
    },
  }
}

describe("on PostgreSQL", () => {
  mutexContract("the store's row", () => rowMutex, onServer)
  mutexContract(
    "a lease",
    ({ store: { leases }, clock, holder }) => new LeaseMutex({ leases, clock, holder }),
    onServer,
  )
})
