// What the thread runs that carries over what waits in the write-ahead log: see `carrier.ts`.
import { DatabaseSync } from "node:sqlite"
import { workerData } from "node:worker_threads"
import { cell, type CarrierData } from "./carrier.ts"
import { prepare } from "./driver.ts"

// Who started it says so.
const { path, shared } = workerData as CarrierData
const state = new Int32Array(shared)

try {
  carryOver(new DatabaseSync(path))
} finally {
  Atomics.store(state, 0, cell.closed)
  Atomics.notify(state, 0)
}

/** Whenever it is asked, until it is told to close. */
function carryOver(db: DatabaseSync): void {
  db.exec("PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0")
  const once = prepare(db, "PRAGMA wal_checkpoint(PASSIVE)")
  for (let said = Atomics.load(state, 0); said !== cell.closing; said = Atomics.load(state, 0)) {
    if (said === cell.asked) {
      try {
        once.get()
      } catch {
        // What waits goes on waiting: if the disk is full or broken, the next commit says so.
      }
      Atomics.compareExchange(state, 0, cell.asked, cell.idle)
      Atomics.notify(state, 0)
    }
    Atomics.wait(state, 0, cell.idle)
  }
  db.close()
}
