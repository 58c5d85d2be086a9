import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import pg from "pg"
import { describe, expect, test } from "vitest"
import type { Session } from "../../../src/adapters/postgres/driver.ts"
import { postgresStore, type PostgresOptions } from "../../../src/adapters/postgres/index.ts"
import { locksOf } from "../../../src/adapters/postgres/locks.ts"
import { migrate } from "../../../src/adapters/postgres/migrate.ts"
import { Refusal } from "../../../src/kernel/refusal.ts"
import { aTransaction, writer } from "../../../src/testing/writes.ts"
import { aPlace, aServer, aStore, anIntruder, canDump, findings } from "./place.ts"

const server = await aServer()

async function sql(...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: server!.url() })
  await client.connect()
  for (const statement of statements) await client.query(statement)
  await client.end()
}

async function refusalOf(options: PostgresOptions): Promise<string> {
  const error: unknown = await postgresStore(options).then(
    async store => store.close(),
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(Refusal)
  expect(error).toMatchObject({ code: "unavailable" })
  return (error as Refusal).message
}

describe.skipIf(server === null)("a database that cannot be used is refused with what to do:", () => {
  test("a wrong password, and it is not repeated", async () => {
    await sql("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    const url = server!.url("postgres", "guarded:wrong")
    const message = await refusalOf({ ...aPlace(server!), url })
    expect(message).toMatch(/does not take this password: look at/)
    expect(message).not.toMatch(/wrong/)
  })

  test("a database that is not there", async () => {
    expect(await refusalOf({ ...aPlace(server!), url: server!.url("nowhere") })).toMatch(
      /nowhere at .* is not there: make it/,
    )
  })

  test("a port where nobody listens, and a host that nobody knows", async () => {
    const url = "postgres://postgres@127.0.0.1:1/postgres"
    expect(await refusalOf({ ...aPlace(server!), url })).toMatch(/does not answer: look whether the server runs/)
    const unknown = "postgres://postgres@no-such-host.invalid/postgres"
    expect(await refusalOf({ ...aPlace(server!), url: unknown })).toMatch(/no-such-host\.invalid/)
    expect(await refusalOf({ ...aPlace(server!), url: "not an address" })).toMatch(/address .* is not one/)
  })

  test("somebody who speaks otherwise", async () => {
    const stranger = createServer(socket => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"))
    const port = await new Promise<number>(resolve => {
      stranger.listen(0, "127.0.0.1", () => resolve((stranger.address() as { port: number }).port))
    })
    const url = `postgres://postgres@127.0.0.1:${port}/postgres`
    expect(await refusalOf({ ...aPlace(server!), url })).toMatch(/cannot be reached/)
    stranger.close()
  })

  test("encryption that the server does not have", async () => {
    const url = `${server!.url()}?sslmode=require`
    expect(await refusalOf({ ...aPlace(server!), url })).toMatch(/cannot agree on encryption: look at sslmode/)
  })

  test("a schema that may not be made, and tables that may not be made in it", async () => {
    await sql(
      "CREATE ROLE visitor LOGIN PASSWORD 'v'",
      "CREATE SCHEMA theirs",
      "GRANT USAGE ON SCHEMA theirs TO visitor",
    )
    const url = server!.url("postgres", "visitor:v")
    expect(await refusalOf({ ...aPlace(server!), url })).toMatch(/GRANT CREATE on the schema, or on the database/)
    expect(await refusalOf({ ...aPlace(server!), url, schema: "theirs" })).toMatch(/GRANT CREATE/)
  })

  test("a schema with tables of another program, and a name that is none", async () => {
    await sql("CREATE SCHEMA taken", "CREATE TABLE taken.events(id INTEGER)")
    expect(await refusalOf({ ...aPlace(server!), schema: "taken" })).toMatch(
      /tables of another program .*: name another schema/,
    )
    expect(await refusalOf({ ...aPlace(server!), schema: 'a"b' })).toMatch(/cannot name a schema/)
  })

  test("tables of a newer version [N6]", async () => {
    const place = aPlace(server!)
    await aStore(place)
    await (await anIntruder(place)).query("UPDATE daybook SET version = 99")
    expect(await refusalOf(place)).toMatch(/written by a newer Daybook \(tables 99, here \d+\): use that one/)
  })

  test("tables from before the first release", async () => {
    const place = aPlace(server!)
    await aStore(place)
    await (await anIntruder(place)).query("UPDATE daybook SET version = 1")
    const sentence = /written by a Daybook from before its release \(tables 1, here \d+\): export it with that one/
    expect(await refusalOf(place)).toMatch(sentence)
    expect(await refusalOf({ ...place, readonly: true })).toMatch(sentence)
  })

  test("a database that keeps text otherwise, and a server that is too old", async () => {
    await sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    expect(await refusalOf({ ...aPlace(server!), url: server!.url("latin") })).toMatch(/keeps text as LATIN1/)
    const old = { ask: async () => [[140_011, "14.11", "UTF8"]], run: async () => {} } as unknown as Session
    const plot = { schema: "s", place: "here", locks: locksOf("s") }
    await expect(migrate(old, plot)).rejects.toThrow("is PostgreSQL 14.11, and 15 or later is needed")
  })

  test("a database without the extension that functions are written in", async () => {
    await sql("CREATE DATABASE bare")
    const place = { ...aPlace(server!), url: server!.url("bare") }
    await (await anIntruder(place)).query("DROP EXTENSION plpgsql")
    expect(await refusalOf(place)).toMatch(/"plpgsql" does not exist.*run CREATE EXTENSION plpgsql/)
  })

  test("transactions that do not begin as they must", async () => {
    await sql("CREATE DATABASE strict", "ALTER DATABASE strict SET default_transaction_isolation TO 'repeatable read'")
    const store = await aStore({ ...aPlace(server!), url: server!.url("strict") })
    await expect(store.commit([writer().put("a", {})])).rejects.toThrow(
      /set default_transaction_isolation to read committed/,
    )
  })
})

describe.skipIf(server === null)("a schema", () => {
  test("that four processes open at once is made once", async () => {
    const place = aPlace(server!)
    const stores = await Promise.all(Array.from({ length: 4 }, async () => aStore(place)))
    const outcomes = await Promise.all(stores.map(async (store, i) => store.commit([writer(`c${i}`).put(`a${i}`, {})])))
    expect(outcomes.flat().map(({ kind }) => kind)).toEqual(["done", "done", "done", "done"])
    expect(await findings(stores[0]!)).toEqual([])
  })

  test("that a newer program has added to is written by the older one as before [N6]", async () => {
    const place = aPlace(server!)
    const older = await aStore(place)
    await older.commit([writer("a").put("a", { name: "x" })])
    const client = await anIntruder(place)
    // What a next step of the tables would do: add, and nothing else.
    await client.query(
      "BEGIN; ALTER TABLE events ADD COLUMN note TEXT; CREATE INDEX events_by_note ON events(note); COMMIT",
    )
    expect((await older.commit([writer("b").put("b", {})]))[0]?.kind).toBe("done")
    expect((await older.log.read(0, 10)).events).toHaveLength(2)
    expect(await findings(older)).toEqual([])
  })

  test("is brought from one version of the tables to the next, step by step, also by two at once", async () => {
    const place = aPlace(server!)
    const store = await aStore(place)
    const schema = place.schema!
    const client = await anIntruder(place)
    const session: Session = {
      ask: async (text, values = []) =>
        (await client.query({ text: text.replaceAll("@.", `"${schema}".`), values: [...values], rowMode: "array" }))
          .rows as never,
      run: async text => void (await client.query(text.replaceAll("@.", `"${schema}".`))),
    }
    const plot = {
      schema,
      place: "here",
      locks: locksOf(schema),
      steps: [null, "", "", "", "ALTER TABLE @.events ADD COLUMN note TEXT"],
    }
    await migrate(session, plot)
    await migrate(session, plot)
    expect((await client.query("SELECT version FROM daybook")).rows).toEqual([{ version: 5 }])
    expect((await store.commit([writer().put("a", {})]))[0]?.kind).toBe("done")
  })

  test("lies beside another one in the same database, each with its own log", async () => {
    const [one, other] = [await aStore(aPlace(server!)), await aStore(aPlace(server!))]
    await Promise.all([
      one.commit([writer().put("a", { name: "x" })]),
      other.commit([writer().put("a", { name: "x" })]),
    ])
    expect([await one.basis(), await other.basis()]).toEqual([1, 1])
  })

  test.skipIf(!canDump(server))("is copied by pg_dump to a new file, which pg_restore reads", async () => {
    const folder = mkdtempSync(join(tmpdir(), "daybook-"))
    const store = await aStore(aPlace(server!))
    await store.commit([writer().put("a", { name: "x" })])
    const path = join(folder, "backup")
    await store.maintenance.backup(path)
    expect(readFileSync(path).subarray(0, 5).toString()).toBe("PGDMP")
    await expect(store.maintenance.backup(path)).rejects.toMatchObject({ code: "conflict" })
    await expect(store.maintenance.backup(join(folder, "no", "where"))).rejects.toMatchObject({ code: "unavailable" })
    rmSync(folder, { recursive: true })
  })

  test("says what it is, how large, and never with its password", async () => {
    await sql("CREATE ROLE owner LOGIN PASSWORD 'secret'", "GRANT CREATE ON DATABASE postgres TO owner")
    const store = await aStore({ ...aPlace(server!), url: server!.url("postgres", "owner:secret") })
    const about = await store.maintenance.about()
    expect(about).toMatchObject({
      kind: "postgres",
      place: expect.stringMatching(/^postgres at 127\.0\.0\.1:\d+, schema place_/) as string,
    })
    expect(about.bytes).toBeGreaterThan(100_000)
    expect(JSON.stringify(about)).not.toMatch(/secret/)
  })
})

describe.skipIf(server === null)("a schema from before the archive", () => {
  test("gets it, and keeps what is in it [W55]", async () => {
    const place = aPlace(server!)
    await (await aStore(place)).commit([aTransaction({ id: "a" })])
    const client = await anIntruder(place)
    await client.query(
      "DROP TABLE archived_commands; DROP FUNCTION move_commands_1, write_log_2, be_alone_1, write_log_3, write_log_4",
    )
    await client.query("DROP SEQUENCE alone, processes; UPDATE daybook SET version = 2")
    await client.query("ALTER TABLE entities SET (fillfactor = 85)")
    expect(await refusalOf({ ...place, readonly: true })).toMatch(/must be opened once for writing/)
    const store = await aStore(place)
    await store.commit([aTransaction({ id: "move", archive: { ids: ["a"] } })])
    expect(await store.commit([aTransaction({ id: "a" })])).toEqual([{ kind: "duplicate" }])
    expect(await findings(store)).toEqual([])
    const { rows } = await client.query("SELECT reloptions FROM pg_class WHERE oid = 'entities'::regclass")
    expect(rows).toEqual([{ reloptions: ["fillfactor=50"] }])
  })
})
