import type { DatabaseSync } from "node:sqlite"
import type { Document } from "../../kernel/entity.ts"
import { assert } from "../../kernel/refusal.ts"
import type { ProjectionStore } from "../../ports/projections.ts"
import type { ProjectionWrite } from "../../ports/write.ts"
import { prepare, together, type Statement } from "./driver.ts"
import type { Leases } from "./leases.ts"

// The numbers that `projections.state` has.
const building = 0
const live = 1
const dropped = 2

// How many rows of a dropped version go with each page that is written: they cost no one a long wait.
const sweptAtOnceMax = 1_000

/** Reads and administers the rows of read models. */
export function projectionStore(db: DatabaseSync, leases: Pick<Leases, "check">): ProjectionStore {
  const progress = prepare<[string, number, number, number]>(
    db,
    `SELECT name, version, reached, state FROM projections WHERE state <> ${dropped} ORDER BY name, version`,
  )
  const find = finder(db)
  const page = "SELECT key, row FROM projection_rows WHERE projection = ?"
  const firstPage = prepare<[string, string]>(db, `${page} ORDER BY key LIMIT ?`)
  const nextPage = prepare<[string, string]>(db, `${page} AND key > ? ORDER BY key LIMIT ?`)
  const discard = prepare(
    db,
    `UPDATE projections SET state = ${dropped} WHERE name = ? AND version = ? AND state <> ${dropped}`,
  )
  const discardOthers = prepare(db, `UPDATE projections SET state = ${dropped} WHERE name = ? AND version <> ?`)
  const discardAll = prepare(db, `UPDATE projections SET state = ${dropped} WHERE name = ?`)
  const make = prepare(db, `INSERT INTO projections(name, version, reached, state) VALUES(?, ?, 0, ${building})`)
  const enliven = prepare(
    db,
    `UPDATE projections SET state = ${live} WHERE name = ? AND version = ? AND state <> ${dropped}`,
  )

  return {
    progress: () =>
      progress.all().map(([name, version, reached, state]) => ({ name, version, reached, live: state === live })),
    rows: rowReader(db),
    list(name, version, { after, limit }) {
      const projection = find.get(name, version)?.[0]
      if (projection === undefined) return []
      const found = after === undefined ? firstPage.all(projection, limit) : nextPage.all(projection, after, limit)
      return found.map(([key, text]) => ({ key, row: documentOf(text) }))
    },
    begin(name, version, fence) {
      leases.check(fence)
      together(db, () => {
        discard.run(name, version)
        make.run(name, version)
      })
    },
    swap(name, version, fence) {
      leases.check(fence)
      together(db, () => {
        const { changes } = enliven.run(name, version)
        assert(changes === 1, `Version ${version} of ${name} is to be read, but was never begun`)
        discardOthers.run(name, version)
      })
    },
    drop: name => void discardAll.run(name),
  }
}

function rowReader(db: DatabaseSync): ProjectionStore["rows"] {
  const find = finder(db)
  const row = prepare<[string]>(db, "SELECT row FROM projection_rows WHERE projection = ? AND key = ?")
  return (name, version, keys) => {
    const projection = find.get(name, version)?.[0]
    if (projection === undefined) return new Map()
    return together(db, () => {
      const found = new Map<string, Document>()
      for (const key of keys) {
        const text = row.get(projection, key)?.[0]
        if (text !== undefined) found.set(key, documentOf(text))
      }
      return found
    })
  }
}

/** Prepares the writing of pages of rows. */
export function projectionWriter(db: DatabaseSync): (write: ProjectionWrite) => void {
  const find = finder(db)
  const put = prepare(db, "INSERT OR REPLACE INTO projection_rows(projection, key, row) VALUES(?, ?, ?)")
  const remove = prepare(db, "DELETE FROM projection_rows WHERE projection = ? AND key = ?")
  const reach = prepare(db, "UPDATE projections SET reached = ? WHERE key = ?")
  const sweep = sweeper(db)
  return ({ name, version, rows, reached }) => {
    const projection = find.get(name, version)?.[0]
    // A version that was dropped meanwhile: its page has nowhere to go.
    if (projection === undefined) return
    for (const [key, document] of rows) {
      if (document === null) remove.run(projection, key)
      else put.run(projection, key, JSON.stringify(document))
    }
    reach.run(reached, projection)
    sweep()
  }
}

function finder(db: DatabaseSync): Statement<[number]> {
  return prepare(db, `SELECT key FROM projections WHERE name = ? AND version = ? AND state <> ${dropped}`)
}

/** Removes some rows of a version that was dropped, and the version itself when it has none. */
function sweeper(db: DatabaseSync): () => void {
  const next = prepare<[number]>(db, `SELECT key FROM projections WHERE state = ${dropped} LIMIT 1`)
  const sweep = prepare(
    db,
    `DELETE FROM projection_rows WHERE projection = ?1 AND key IN
       (SELECT key FROM projection_rows WHERE projection = ?1 LIMIT ${sweptAtOnceMax})`,
  )
  const forget = prepare(db, "DELETE FROM projections WHERE key = ?")
  return () => {
    const projection = next.get()?.[0]
    if (projection === undefined) return
    if (sweep.run(projection).changes < sweptAtOnceMax) forget.run(projection)
  }
}

function documentOf(text: string): Document {
  // What was written as a row is read as one.
  return JSON.parse(text) as Document
}
