import { Refusal } from "../../kernel/refusal.ts"
import type { MovableStore } from "../../ports/transfer.ts"
import type { EntityChange, Write } from "../../ports/write.ts"
import { keptEntities } from "../sql/kept-entities.ts"
import { commandStore } from "./commands.ts"
import { conditionsOf } from "./condition.ts"
import { datalogStore } from "./datalog.ts"
import { datalogRunner } from "./datalog-run.ts"
import { datalogThreads } from "./datalog-threads.ts"
import { deliveryStore } from "./deliveries.ts"
import { entityStore } from "./entities.ts"
import { eraserOf, withoutTrace } from "./erase.ts"
import { guarded } from "./errors.ts"
import { factStore } from "./facts.ts"
import { keysOf } from "./keys.ts"
import { leasesOf } from "./leases.ts"
import { logStore } from "./log.ts"
import { maintenanceStore } from "./maintenance.ts"
import { namesOf } from "./names.ts"
import type { OpenFile } from "./open.ts"
import { projectionStore } from "./projections.ts"
import { timerStore } from "./timers.ts"
import { valueRebuilder } from "./rebuild-values.ts"
import { tipOf } from "./tip.ts"
import { transferStore } from "./transfer.ts"
import { writerOf, type Writer } from "./write.ts"

/** A store whose answers are there at once. */
export type SqliteStore = Omit<MovableStore, "commit" | "basis" | "close"> & {
  commit: Writer["commit"]
  basis(): number
  close(): void
}

/** The store that a file holds. */
export function storeOn(file: OpenFile, now: () => number): SqliteStore {
  const { db, path } = file
  const names = namesOf(db)
  const keys = file.readonly ? null : keysOf(db)
  const leases = leasesOf(now)
  const conditions = conditionsOf(db, path)
  const eraser = keys === null ? null : eraserOf(db, names)
  const writer = keys === null || eraser === null ? null : writerOf({ db, path, names, keys, leases, eraser, now })
  const rebuilder = keys === null ? null : valueRebuilder(db, names, keys)
  const unwritable = (): never => {
    throw new Refusal("unavailable", `The file ${path} is open only to be read`, { path })
  }
  const basis = () => (writer === null ? tipOf(db).t : writer.tip.t)
  const kept = keys === null ? null : keptEntities(basis)
  // Nobody else can read what is only in memory.
  const threads = path === ":memory:" ? null : datalogThreads(path)
  return {
    log: guarded(logStore(db, names, basis), path),
    entities: guarded(entityStore(db, names, keys), path),
    commands: guarded(commandStore(db, names), path),
    deliveries: guarded(deliveryStore(db), path),
    timers: guarded(timerStore(db), path),
    projections: guarded(projectionStore(db, leases), path),
    leases,
    maintenance: guarded(
      maintenanceStore(file, {
        onSchema: () => writer?.learn(),
        rebuildValues: rebuilder ?? unwritable,
        erased: eraser === null ? unwritable : erasure => eraser.tried(erasure),
      }),
      path,
    ),
    facts: guarded(factStore(db, names, kept), path),
    datalog: guarded(datalogStore({ runner: datalogRunner(db, names), threads, basis }), path),
    transfer: guarded(transferStore(db, names, conditions), path),
    commit(writes) {
      conditions.check()
      if (writer === null || keys === null) return unwritable()
      try {
        const outcomes = withoutTrace(db, writes, all => writer.commit(all))
        for (const { id } of changesIn(writes)) kept?.forget(keys.find(id)?.key ?? 0)
        return outcomes
      } catch (error) {
        kept?.clear()
        throw error
      }
    },
    commitsAtOnce: () => 1,
    basis,
    // One process owns the file, so nobody else can have committed.
    onBell: () => () => {},
    close() {
      threads?.close()
      writer?.close()
      file.close()
    },
  }
}

function* changesIn(writes: readonly Write[]): Generator<EntityChange> {
  for (const write of writes) if (write.kind === "transaction") yield* write.changes
}
