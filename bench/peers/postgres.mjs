// Appends, and commands on streams of 100 events, with emmett-postgresql, castore and message-db on one server:
// node postgres.mjs URL. The package of message-db is SQL, which its own script installs with psql: without that it is
// left out.

import { execFileSync, spawnSync } from "node:child_process"
import { randomUUID } from "node:crypto"
import { createRequire } from "node:module"
import { fileURLToPath } from "node:url"
import { CommandHandler } from "@event-driven-io/emmett"
import { getPostgreSQLEventStore } from "@event-driven-io/emmett-postgresql"
import pg from "pg"
import { closedLoop, dataOf, say } from "./load.mjs"

const require = createRequire(import.meta.url)
const { EventStore, EventType } = require("@castore/core")
const { PostgresEventStorageAdapter } = require("@castore/event-storage-adapter-postgres")

const server = process.argv[2]
const seconds = Number(process.env.BENCH_SECONDS ?? 4)
const streams = 50

async function freshDatabase(name) {
  const client = new pg.Client({ connectionString: `${server}/postgres` })
  await client.connect()
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return `${server}/${name}`
}

async function measure(peer, { append, prepare, command }) {
  for (const callers of [1, 16, 256])
    say(`${peer} append, ${callers} callers`, await closedLoop(callers, seconds, append))
  await prepare()
  say(`${peer} command on 100 events, 16 callers`, await closedLoop(16, seconds, command))
}

async function emmett() {
  const store = getPostgreSQLEventStore(await freshDatabase("peer_emmett"))
  await store.schema.migrate()
  const handle = CommandHandler({ evolve: (state, event) => ({ ...state, ...event.data }), initialState: () => ({}) })
  let n = 0
  await measure("emmett-postgresql", {
    append: i => store.appendToStream(`plain-${n++}`, [{ type: "PlainAdded", data: dataOf(i) }]),
    prepare: async () => {
      for (let s = 0; s < streams; s++) {
        await store.appendToStream(
          `long-${s}`,
          Array.from({ length: 100 }, (_, i) => ({ type: "PlainChanged", data: dataOf(i) })),
        )
      }
    },
    command: i => handle(store, `long-${i % streams}`, () => ({ type: "PlainChanged", data: dataOf(i) })),
  })
  await store.close()
}

async function castore() {
  const connectionString = await freshDatabase("peer_castore")
  await PostgresEventStorageAdapter.createEventTable({ connectionString })
  const store = new EventStore({
    eventStoreId: "PLAIN",
    eventTypes: [new EventType({ type: "PlainAdded" })],
    eventStorageAdapter: new PostgresEventStorageAdapter({ connectionString }),
    reducer: (state, event) => ({ ...state, ...event.payload, aggregateId: event.aggregateId, version: event.version }),
  })
  const ids = Array.from({ length: streams }, () => randomUUID())
  const push = (aggregateId, version, i) =>
    store.pushEvent({ aggregateId, version, type: "PlainAdded", payload: dataOf(i) })
  await measure("castore", {
    append: i => push(randomUUID(), 1, i),
    prepare: async () => {
      for (let version = 1; version <= 100; version++) await Promise.all(ids.map(id => push(id, version, version)))
    },
    command: async i => {
      const { aggregate } = await store.getAggregate(ids[i % streams])
      await push(ids[i % streams], aggregate.version + 1, i)
    },
  })
}

async function messageDb() {
  const folder = fileURLToPath(new URL("node_modules/@eventide/message-db/database", import.meta.url))
  const url = await freshDatabase("peer_message_db")
  const { hostname, port, username } = new URL(url)
  const env = {
    ...process.env,
    PGHOST: hostname,
    PGPORT: port,
    PGUSER: username,
    DATABASE_NAME: "peer_message_db",
    CREATE_DATABASE: "off",
  }
  execFileSync("bash", [`${folder}/install.sh`], { env, stdio: "ignore" })
  const pool = new pg.Pool({ connectionString: url, max: 16, options: "-c search_path=message_store,public" })
  const write = (stream, i, expected) =>
    pool.query({
      name: "write",
      text: "SELECT write_message($1, $2, $3, $4::jsonb, NULL, $5)",
      values: [randomUUID(), stream, "PlainAdded", JSON.stringify(dataOf(i)), expected],
    })
  const read = stream =>
    pool.query({ name: "read", text: "SELECT * FROM get_stream_messages($1, 0, 1000)", values: [stream] })
  let n = 0
  await measure("message-db", {
    append: i => write(`plain-${n++}`, i, -1),
    prepare: async () => {
      for (let s = 0; s < streams; s++) for (let i = 0; i < 100; i++) await write(`long-${s}`, i, i - 1)
    },
    command: async i => {
      const { rows } = await read(`long-${i % streams}`)
      rows.reduce((state, row) => ({ ...state, ...JSON.parse(row.data) }), {})
      await write(`long-${i % streams}`, i, rows.length - 1)
    },
  })
  await pool.end()
}

await emmett()
await castore()
if (spawnSync("psql", ["--version"]).error === undefined) await messageDb()
process.exit(0)
