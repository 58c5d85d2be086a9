import { existsSync, readFileSync, statSync } from "node:fs"
import { extname, join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { daybook } from "../app/define.ts"
import type { App } from "../kernel/app.ts"
import { isObject, type Json } from "../kernel/json.ts"
import type { Command } from "../kernel/message.ts"
import { placeOfFault } from "../protocol/json-place.ts"
import { BadInput } from "./bad-input.ts"

/** A command that an app brings along, so that whoever tries it finds something to look at. */
export type Seed = Omit<Command, "id"> & { readonly id?: string }

/** An app as it was found in a file. */
export type LoadedApp = { readonly path: string; readonly app: App; readonly seed: readonly Seed[] }

const moduleKinds = [".ts", ".mts", ".js", ".mjs"]

/** Loads an app: a module whose default export is one, a schema alone, or a folder with either. */
export async function loadApp(named: string): Promise<LoadedApp> {
  const path = fileOf(named)
  const kind = extname(path).toLowerCase()
  if (kind === ".json") return { path, app: daybook({ schema: readSchema(path) }), seed: [] }
  if (moduleKinds.includes(kind)) return loadModule(path)
  throw new BadInput(`${path} is no app: that is a module (${moduleKinds.join(", ")}) or a schema (.json)`)
}

function fileOf(named: string): string {
  if (named === "") throw new BadInput("The app has no name: say which file or folder it is in")
  if (!existsSync(named)) throw new BadInput(`There is no file ${named}`)
  if (statSync(named).isFile()) return named
  if (!statSync(named).isDirectory()) throw new BadInput(`${named} is no file`)
  const names = [...moduleKinds.map(kind => `app${kind}`), "schema.json"]
  const name = names.find(file => existsSync(join(named, file)))
  if (name !== undefined) return join(named, name)
  throw new BadInput(`${named} is a folder without an app: none of ${names.join(", ")} is in it`)
}

function readSchema(path: string): object {
  // Other programs begin a text with a mark that says how it is encoded.
  const text = readFileSync(path, "utf8").replace(/^\uFEFF/, "")
  const fault = placeOfFault(text)
  if (fault !== null) {
    const before = text.slice(0, fault)
    const line = before.split("\n").length
    throw new BadInput(`${path} is not JSON`, [`${path}:${line}:${fault - before.lastIndexOf("\n")}`])
  }
  const json = JSON.parse(text) as Json
  if (!isObject(json)) throw new BadInput(`${path} is no schema: that is a JSON object`)
  return json
}

async function loadModule(path: string): Promise<LoadedApp> {
  const { default: app, seed = [] } = await importModule(path)
  if (!isApp(app)) {
    throw new BadInput(`${path} has no app as its default export: it should end in "export default daybook({ … })"`)
  }
  if (!isSeed(seed)) throw new BadInput(`What ${path} exports as "seed" is no list of commands`)
  return { path, app, seed }
}

async function importModule(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(resolve(path)).href)) as Record<string, unknown>
  } catch (error) {
    const { message, stack = "" } = error instanceof Error ? error : new Error(String(error))
    throw new BadInput(`${path} cannot be loaded: ${message}`, placesOf(stack, message))
  }
}

/** The lines of a stack that lead to a place in a file of the user: neither those of Node nor our own. */
function placesOf(stack: string, message: string): readonly string[] {
  const saidAlready = message.split("\n")[0]!
  const lines = stack.split("\n").filter(line => line.trim() !== "" && !line.includes(saidAlready))
  const ours = lines.findIndex(line => line.includes(import.meta.url))
  return lines
    .slice(0, ours < 0 ? lines.length : ours)
    .filter(line => !line.includes("node:internal/"))
    .map(line => line.replace(/^ {4}/, "").replace("file://", ""))
}

// What a module exports is known only once it is looked at.
function isApp(value: unknown): value is App {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "app"
}

function isSeed(value: unknown): value is readonly Seed[] {
  const isCommand = (item: unknown) => typeof (item as { type?: unknown } | null)?.type === "string"
  return Array.isArray(value) && value.every(isCommand)
}
