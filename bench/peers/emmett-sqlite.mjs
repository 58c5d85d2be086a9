// Appends, and commands on streams of 100 events, with emmett-sqlite on a durable file. Prints one JSON line per figure.
// Its default pool opens a connection per operation and refuses concurrent writers, so that it is given one connection;
// with that, it answers concurrent callers before their commit (its figures for 16 callers are not durable when answered).

import { mkdirSync, rmSync } from "node:fs"
import { CommandHandler } from "@event-driven-io/emmett"
import { getSQLiteEventStore, SQLiteConnectionPool } from "@event-driven-io/emmett-sqlite"
import sqlite3 from "sqlite3"
import { closedLoop, dataOf, say } from "./load.mjs"

const folder = new URL("../work/emmett/", import.meta.url).pathname
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

async function connection(file) {
  const db = await new Promise((resolve, reject) => {
    const opened = new sqlite3.Database(file, error => (error ? reject(new Error(String(error))) : resolve(opened)))
  })
  const call = (method, pick) => (sql, values) =>
    new Promise((resolve, reject) => {
      db[method](sql, values ?? [], function answered(error, rows) {
        if (error) reject(new Error(String(error)))
        else resolve(pick(this, rows))
      })
    })
  const command = call("run", statement => statement)
  await command("PRAGMA journal_mode=WAL")
  await command("PRAGMA synchronous=FULL")
  let nested = 0
  const withTransaction = async work => {
    if (nested++ === 0) await command("BEGIN IMMEDIATE")
    try {
      const result = await work()
      if (--nested === 0) await command("COMMIT")
      return result
    } catch (error) {
      if (--nested === 0) await command("ROLLBACK")
      throw error
    }
  }
  const batchCommand = async statements => {
    for (const statement of statements) await command(statement)
  }
  const rows = (_statement, found) => found
  return {
    close: () => db.close(),
    command,
    query: call("all", rows),
    querySingle: call("get", rows),
    batchCommand,
    withTransaction,
  }
}

async function opened(name) {
  const fileName = `${folder}${name}.sqlite`
  const pool = SQLiteConnectionPool({
    fileName,
    connectionOptions: { singleton: true, connection: await connection(fileName) },
  })
  const store = getSQLiteEventStore({ fileName, pool })
  await store.schema.migrate()
  return store
}

for (const callers of [1, 16]) {
  const store = await opened(`append-${callers}`)
  const append = i => store.appendToStream(`plain-${i}`, [{ type: "PlainAdded", data: dataOf(i) }])
  say(`append, ${callers} callers`, await closedLoop(callers, 4, append))
}
const store = await opened("command")
for (let stream = 0; stream < 100; stream++) {
  const events = Array.from({ length: 100 }, (_, i) => ({ type: "PlainChanged", data: dataOf(i) }))
  await store.appendToStream(`plain-${stream}`, events)
}
const handle = CommandHandler({ evolve: (state, event) => ({ ...state, ...event.data }), initialState: () => ({}) })
const command = i => handle(store, `plain-${i % 100}`, () => ({ type: "PlainChanged", data: dataOf(i) }))
say("command on 100 events, 1 caller", await closedLoop(1, 4, command))
process.exit(0)
