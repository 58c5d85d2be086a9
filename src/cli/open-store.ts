import { existsSync, mkdirSync, statSync } from "node:fs"
import { join } from "node:path"
import type { Store } from "../ports/store.ts"
import { BadInput } from "./bad-input.ts"
import type { Place } from "./options.ts"

/** What is said instead of a folder, to keep nothing. */
export const inMemory = ":memory:"

/**
 * Opens the store that the options name. Here every kind of store, and of queue before it, is told from the others.
 *
 * `read` opens it beside a server that may be running; `own` takes it for this process.
 */
export async function openStore({ data, store, queue }: Place, mode: "own" | "read"): Promise<Store> {
  if (queue !== undefined) refuseQueue(queue)
  if (store !== undefined) refuseStore(store)
  const path = mode === "own" ? fileToOwn(data) : fileToRead(data)
  const { sqliteStore } = await import("../adapters/sqlite/index.ts")
  return sqliteStore({ path, readonly: mode === "read" })
}

function refuseQueue(url: string): never {
  if (!/^(?:nats|tls):\/\//.test(url)) throw new BadInput(`--queue takes nats://…, not ${url}`)
  throw new BadInput("This version has no adapter for NATS: leave --queue away, and commands wait in the store")
}

function refuseStore(url: string): never {
  if (!/^postgres(?:ql)?:\/\//.test(url)) throw new BadInput(`--store takes postgres://…, not ${withoutPassword(url)}`)
  throw new BadInput("This version has no adapter for PostgreSQL: keep the daybook in a file, with --data DIR")
}

// What is printed may be kept in a log.
function withoutPassword(url: string): string {
  return url.replace(/:[^:@/]*@/, ":***@")
}

function fileToOwn(data: string): string {
  if (data === inMemory) return inMemory
  try {
    mkdirSync(data, { recursive: true })
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
