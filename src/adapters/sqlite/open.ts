import { existsSync } from "node:fs"
import { resolve } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { pathToFileURL } from "node:url"
import { Refusal } from "../../kernel/refusal.ts"
import { scalar } from "./driver.ts"
import { refusalOf } from "./errors.ts"
import { migrate } from "./migrate.ts"
import { takeOwnership } from "./owner.ts"

/** A daybook's file, open. */
export type OpenFile = {
  readonly db: DatabaseSync
  /** As it was named, or `:memory:`. */
  readonly path: string
  readonly readonly: boolean
  readonly close: () => void
}

// How long another program may hold the file: it ought not to, and everybody here waits meanwhile.
const busyMs = 1_000

// The driver's defaults are for anybody; these are for one writer that must not lose what it has answered.
const ownerPragmas = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA journal_size_limit = 67108864;
`
const pragmas = `
  PRAGMA cache_size = -65536;
  PRAGMA temp_store = MEMORY;
  PRAGMA trusted_schema = OFF;
`

// Before it, two connections to one file could damage it in a rare case; it also counts what waits in the log.
const sqliteVersionMin = [3, 51, 3]

/** Opens a daybook's file, making it where there is none, and takes it for this process, unless only to read. */
export function openFile(options: { path: string; readonly: boolean }): OpenFile {
  const { path, readonly } = options
  checkVersion(process.versions.sqlite ?? "0")
  if (readonly && !existsSync(path)) {
    throw new Refusal("unavailable", `There is no file ${path} to read`, { path })
  }
  try {
    return readonly ? openToRead(path) : openToOwn(path)
  } catch (error) {
    throw refusalOf(error, path)
  }
}

/** Refuses to work with a SQLite that is too old. */
export function checkVersion(version: string): void {
  const numbers = version.split(".").map(Number)
  const place = sqliteVersionMin.findIndex((min, i) => numbers[i] !== min)
  if (place < 0 || (numbers[place] ?? 0) > sqliteVersionMin[place]!) return
  const sentence = `This Node.js carries SQLite ${version}, and ${sqliteVersionMin.join(".")} or later is needed`
  throw new Refusal("unavailable", `${sentence}: use a newer one`, { version })
}

function openToOwn(path: string): OpenFile {
  const release = path === ":memory:" ? () => {} : takeOwnership(path)
  let db: DatabaseSync | null = null
  try {
    db = new DatabaseSync(path, { timeout: busyMs, enableForeignKeyConstraints: false })
    migrate(db, { path, readonly: false })
    db.exec(ownerPragmas + pragmas)
    durable(db, path)
  } catch (error) {
    db?.close()
    release()
    throw error
  }
  return { db, path, readonly: false, close: closing(db, release) }
}

/** A file system that cannot do what the promises rest on is found out now, not at the next power cut. */
function durable(db: DatabaseSync, path: string): void {
  if (path === ":memory:") return
  const mode = scalar(db, "PRAGMA journal_mode")
  const synchronous = scalar(db, "PRAGMA synchronous")
  if (mode === "wal" && synchronous === 2) return
  throw new Refusal("unavailable", `The file ${path} lies where nothing can be kept safely: use a local disk`, { path })
}

function openToRead(path: string): OpenFile {
  const db = new DatabaseSync(path, { readOnly: true, timeout: busyMs })
  try {
    db.exec(pragmas)
    migrate(db, { path, readonly: true })
    return { db, path, readonly: true, close: closing(db, () => {}) }
  } catch (error) {
    db.close()
    if (existsSync(`${path}-wal`)) throw error
    return openFrozen(path, error)
  }
}

// On a medium that nobody can write, the files that readers share cannot be made. Nobody can change it either, then,
// so it may be read without them.
function openFrozen(path: string, error: unknown): OpenFile {
  const { code } = error as { code?: unknown }
  if (code !== "ERR_SQLITE_ERROR") throw error
  const db = new DatabaseSync(`${pathToFileURL(resolve(path)).href}?immutable=1`, { readOnly: true })
  try {
    db.exec(pragmas)
    migrate(db, { path, readonly: true })
  } catch (again) {
    db.close()
    throw again
  }
  return { db, path, readonly: true, close: closing(db, () => {}) }
}

function closing(db: DatabaseSync, release: () => void): () => void {
  return () => {
    if (!db.isOpen) return
    db.close()
    release()
  }
}
