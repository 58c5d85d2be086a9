import { assert } from "../../kernel/refusal.ts"
import type { Store } from "../../ports/store.ts"
import { commandStore } from "./commands.ts"
import { deliveryStore } from "./deliveries.ts"
import { entityStore } from "./entities.ts"
import { guarded } from "./errors.ts"
import { keysOf } from "./keys.ts"
import { logStore } from "./log.ts"
import { maintenanceStore } from "./maintenance.ts"
import { namesOf } from "./names.ts"
import { openFile, type OpenFile } from "./open.ts"
import { projectionStore } from "./projections.ts"
import { timerStore } from "./timers.ts"
import { tipOf } from "./tip.ts"
import { writerOf, type Writer } from "./write.ts"

/** Where a daybook is kept in SQLite, and how it is opened. */
export type SqliteOptions = {
  /** The file, or `:memory:` to keep nothing. It is made where there is none; its folder must be there. */
  readonly path: string
  /** What time it is, in milliseconds since 1970. The real time, unless a test says otherwise. */
  readonly now?: () => number
  /** Only to read, beside the process that owns the file. */
  readonly readonly?: boolean
}

/** A store whose answers are there at once. */
export type SqliteStore = Omit<Store, "commit" | "basis" | "close"> & {
  commit: Writer["commit"]
  basis(): number
  close(): void
}

/** Keeps a daybook in one SQLite file, which this process owns until the store is closed. */
export function sqliteStore(options: SqliteOptions): SqliteStore {
  const { path, now = Date.now, readonly = false } = options
  const file = openFile({ path, readonly })
  try {
    return storeOn(file, now)
  } catch (error) {
    file.close()
    throw error
  }
}

function storeOn(file: OpenFile, now: () => number): SqliteStore {
  const { db, path } = file
  const names = namesOf(db)
  const keys = file.readonly ? null : keysOf(db)
  const writer = keys === null ? null : writerOf(db, path, names, keys, now)
  const basis = () => (writer === null ? tipOf(db).t : writer.tip.t)
  return {
    log: guarded(logStore(db, names, basis), path),
    entities: guarded(entityStore(db, names, keys), path),
    commands: guarded(commandStore(db, names), path),
    deliveries: guarded(deliveryStore(db), path),
    timers: guarded(timerStore(db), path),
    projections: guarded(projectionStore(db), path),
    maintenance: guarded(maintenanceStore(file), path),
    commit(writes) {
      assert(writer !== null, `The file ${path} is open only to be read`)
      return writer.commit(writes)
    },
    basis,
    // One process owns the file, so nobody else can have committed.
    onBell: () => () => {},
    close() {
      writer?.close()
      file.close()
    },
  }
}
