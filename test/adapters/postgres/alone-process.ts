// A process that reads what another one writes: node alone-process.ts URL SCHEMA ALONE_MS. It says when it has come to be
// alone, and answers what is newest whenever it is asked.

import { setImmediate as turn } from "node:timers/promises"
import { systemClock } from "../../../src/adapters/node/clock.ts"
import { systemIds } from "../../../src/adapters/node/ids.ts"
import { postgresStore } from "../../../src/adapters/postgres/index.ts"

const [url, schema, aloneMs] = process.argv.slice(2)
const options = { url: url!, schema: schema!, aloneMs: Number(aloneMs), poolMax: 3 }
const store = await postgresStore({ ...options, clock: systemClock(), ids: systemIds() })
let isAlone = false

process.on("message", () => {
  const t = store.basis()
  const wasAlone = !(t instanceof Promise)
  void (async () => process.send!({ t: await t, wasAlone }))()
})
process.on("disconnect", () => process.exit(0))

for (;;) {
  const t = store.basis()
  if (t instanceof Promise) await t
  else if (!isAlone) process.send!("alone")
  isAlone = !(t instanceof Promise)
  await turn()
}
