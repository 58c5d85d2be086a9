import { lacking } from "./errors.ts"
import { openFile } from "./open.ts"
import { storeOn, type SqliteStore } from "./store.ts"

export type { SqliteStore }

/** Where a daybook is kept in SQLite, and how it is opened. */
export type SqliteOptions = {
  /** The file, or `:memory:` to keep nothing. It is made where there is none; its folder must be there. */
  readonly path: string
  /** What time it is, in milliseconds since 1970. The real time, unless a test says otherwise. */
  readonly now?: () => number
  /** Only to read, beside the process that owns the file. */
  readonly readonly?: boolean
}

/** Keeps a daybook in one SQLite file, which this process owns until the store is closed. */
export function sqliteStore(options: SqliteOptions): SqliteStore {
  const { path, now = Date.now, readonly = false } = options
  const file = openFile({ path, readonly })
  try {
    return storeOn(file, now)
  } catch (error) {
    file.close()
    throw lacking(error, path)
  }
}
