// A process that serves parents and their children on a database: node parents-process.ts URL SCHEMA LOG MUTEX. It writes
// into a file what goes on inside a parent. It is told of children, which four workers let go at once, and says when it is
// there, and when the parent has heard of them all.

import { appendFileSync } from "node:fs"
import { setImmediate as turn } from "node:timers/promises"
import { systemClock } from "../../src/adapters/node/clock.ts"
import { systemIds } from "../../src/adapters/node/ids.ts"
import { postgresStore } from "../../src/adapters/postgres/index.ts"
import { openDaybook } from "../../src/app/open.ts"
import { LeaseMutex, rowMutex } from "../../src/commands/mutexes.ts"
import { parentsApp } from "./parents.ts"

const [url, schema, log, mutexName] = process.argv.slice(2)
const note = (what: string, id: string) => appendFileSync(log!, `${what} ${id} ${process.pid}\n`)
const app = parentsApp(async id => {
  note("in", id)
  await turn()
  note("out", id)
})

const [clock, ids] = [systemClock(), systemIds()]
const store = await postgresStore({ url: url!, schema: schema!, poolMax: 4, clock, ids })
const leases = new LeaseMutex({ leases: store.leases, clock, holder: ids.next() })
const running = await openDaybook(app, { store, clock, ids, mutex: mutexName === "lease" ? leases : rowMutex })

const workers = async (children: string[]) => {
  const work = async () => {
    for (let id = children.pop(); id !== undefined; id = children.pop()) {
      const data = { type: "Go", data: {}, to: id }
      await running.request({ id: `go-${id}`, type: "ReceiveEvent", target: null, data }, { actor: "system" })
    }
  }
  await Promise.all([work(), work(), work(), work()])
  await running.ended("p", { waitMs: 10_000 })
}

process.on("message", children => void workers(children as string[]).then(() => process.send!("told")))
process.on("disconnect", () => void running.close().then(() => process.exit(0)))
process.send!("there")
