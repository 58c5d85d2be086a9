import { existsSync, statSync } from "node:fs"
import { join } from "node:path"
import { systemClock } from "../adapters/node/clock.ts"
import { systemIds } from "../adapters/node/ids.ts"
import { systemJournal } from "../adapters/node/journal.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { MovableStore } from "../ports/transfer.ts"
import { BadInput } from "./bad-input.ts"
import { makeFolder } from "./folders.ts"
import type { Place } from "./options.ts"

/** What is said instead of a folder, to keep nothing. */
export const inMemory = ":memory:"

type Mode = "own" | "keep" | "read"

/**
 * Opens the store that the options name. Here every kind of store, and of queue before it, is told from the others.
 *
 * `read` opens it beside a server that may be running; `own` takes it, where only one process may have it, and refuses
 * one that is being moved. `keep` is the same for what must be there already: it makes none.
 */
export async function openStore(place: Place, mode: Mode): Promise<MovableStore> {
  if (place.queue !== undefined) refuseQueue(place.queue)
  const store = await openAnyStore(place, mode)
  if (mode === "read") return store
  try {
    await checkCondition(store)
  } catch (error) {
    await store.close()
    throw error
  }
  return store
}

/** Closes the store when what was to be opened on it cannot be. */
export async function closingOnFailure<Opened>(opening: Promise<Opened>, store: MovableStore): Promise<Opened> {
  try {
    return await opening
  } catch (error) {
    await store.close()
    throw error
  }
}

/** The same without a look at whether it is being moved. */
export async function openAnyStore({ data, store }: Place, mode: Mode): Promise<MovableStore> {
  return store === undefined ? openFile(data, mode) : openDatabase(store, mode)
}

/** Whether an address names a PostgreSQL database. */
export function isDatabase(text: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(text)
}

async function openFile(data: string, mode: Mode): Promise<MovableStore> {
  const path = mode === "own" ? fileToOwn(data) : fileToRead(data)
  const { sqliteStore } = await import("../adapters/sqlite/index.ts")
  return sqliteStore({ path, readonly: mode === "read" })
}

async function openDatabase(url: string, mode: Mode): Promise<MovableStore> {
  if (!isDatabase(url)) throw new BadInput(`--store takes postgres://…, not ${withoutPassword(url)}`)
  if (!URL.canParse(url)) throw new BadInput(`--store is no address that can be read: ${withoutPassword(url)}`)
  const { postgresStore } = await import("../adapters/postgres/index.ts")
  const { searchParams } = new URL(url)
  const [schema, alone] = wordsOfOurs.map(name => searchParams.get(name))
  const place = {
    url: withoutOurs(url),
    readonly: mode === "read",
    ...(schema == null ? {} : { schema }),
    ...(alone == null ? {} : { aloneMs: alone === "" ? NaN : Number(alone) }),
  }
  try {
    return await postgresStore({ ...place, clock: systemClock(), ids: systemIds(), journal: systemJournal() })
  } catch (error) {
    throw isUnusable(error) ? new BadInput(error.message) : error
  }
}

// The driver does not know these words.
const wordsOfOurs = ["schema", "aloneMs"]

function withoutOurs(url: string): string {
  const address = new URL(url)
  if (!wordsOfOurs.some(name => address.searchParams.has(name))) return url
  for (const name of wordsOfOurs) address.searchParams.delete(name)
  return address.href
}

// What was given is at fault, as a file that is not there would be; not the server, which may be there again later.
function isUnusable(error: unknown): error is Refusal {
  if (!(error instanceof Refusal)) return false
  const { state } = error.facts
  if (typeof state !== "string") return error.cause === undefined
  return ["28", "3D", "3F", "42"].some(given => state.startsWith(given))
}

function refuseQueue(url: string): never {
  if (!/^(?:nats|tls):\/\//.test(url)) throw new BadInput(`--queue takes nats://…, not ${url}`)
  throw new BadInput("This version has no adapter for NATS: leave --queue away, and commands wait in the store")
}

/** An address as it may be printed, and kept in a log. */
export function withoutPassword(url: string): string {
  return url.replace(/:[^:@/]*@/, ":***@")
}

function fileToOwn(data: string): string {
  if (data === inMemory) return inMemory
  try {
    makeFolder(data)
  } catch (error) {
    throw new BadInput(`--data names no folder that can be used: ${(error as Error).message}`)
  }
  return fileIn(data)
}

function fileToRead(data: string): string {
  if (data === inMemory)
    throw new BadInput(`What is in memory ends with its process: name a folder to read, with --data DIR`)
  const path = fileIn(data)
  if (existsSync(path)) return path
  const isFile = existsSync(data) && statSync(data).isFile()
  throw new BadInput(
    isFile ? `--data takes a folder, and ${data} is a file` : `There is no daybook in ${data}: no file ${path}`,
  )
}

function fileIn(data: string): string {
  return join(data, "daybook.sqlite")
}

async function checkCondition({ transfer, maintenance }: MovableStore): Promise<void> {
  const condition = await transfer.condition()
  if (condition === "open") return
  const { place } = await maintenance.about()
  const why =
    condition === "left"
      ? "was moved elsewhere: serve it there, or take that back with daybook move --undo"
      : "is being filled by daybook move, and is not whole yet: run that again, to its end"
  throw new Refusal("unavailable", `The daybook in ${place} ${why}`, { place, condition })
}
