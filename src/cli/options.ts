import { InvalidArgumentError, Option } from "commander"
import { BadInput } from "./bad-input.ts"

const prefix = "DAYBOOK_"

/** An option that takes a value. What it is called in the environment follows from its name. */
export function valued(flags: string, description: string): Option {
  const option = new Option(flags, description)
  return option.env(variableOf(option))
}

/** An option that is there or not. In the environment it says yes or no. */
export function flag(flags: string, description: string): Option {
  const option = new Option(flags, description)
  const variable = variableOf(option)
  // The library takes any value, also "0", for a yes.
  return saysNo(variable) ? option : option.env(variable)
}

function variableOf(option: Option): string {
  return prefix + option.name().replaceAll("-", "_").toUpperCase()
}

function saysNo(variable: string): boolean {
  const said = process.env[variable]?.toLowerCase()
  if (said === undefined || ["1", "true", "yes", "on"].includes(said)) return false
  if (["", "0", "false", "no", "off"].includes(said)) return true
  throw new BadInput(`The environment variable ${variable} is "${process.env[variable]}": it may be 1 or 0`)
}

/** Where the daybook is kept. */
export type Place = { readonly data: string; readonly store?: string; readonly queue?: string }

/** Where the daybook is kept: a folder, `:memory:`, or a database elsewhere. */
export function placeOptions(): readonly Option[] {
  return [
    valued("--data <dir>", "the folder with the daybook's file, or :memory: to keep nothing").default("./data"),
    valued("--store <url>", "a PostgreSQL database instead, postgres://…"),
  ]
}

/** Prints what a program reads instead of what a person does. */
export const jsonOption = (): Option => flag("--json", "print JSON")

/** Whether a schema may alter how data is stored. */
export type Altering = { readonly alter?: boolean }

/** That a schema may alter how data is stored. */
export const alterOption = (): Option =>
  flag("--alter", "let a new schema alter how data is stored, and come into force on data that is against it")

/** What names an app. */
export const appIs =
  "a module whose default export is an app, a schema (.json) alone, or a folder with app.ts or schema.json"

/** The app whose data it is. */
export const appOption = (): Option => valued("--app <app>", `the app: ${appIs}`)

/** A number of a port. */
export function portOf(text: string): number {
  const port = /^\d+$/.test(text) ? Number(text) : Infinity
  if (port > 65_535) throw new InvalidArgumentError("It must be a number from 0 to 65535.")
  return port
}

/** How far a log went when somebody noted it, and the hash it had there. */
export type Noted = { readonly t: number; readonly hash: string }

/** What `verify` has said of a log. */
export function notedOf(text: string): Noted {
  const [, t = "0", hash = ""] = /^(\d{1,15}):([0-9a-f]{64})$/i.exec(text) ?? []
  if (Number(t) > 0) return { t: Number(t), hash: hash.toLowerCase() }
  throw new InvalidArgumentError(
    "It must be the number of a transaction and its hash, N:HASH, as verify has said them.",
  )
}

/** A list of names, given at once with commas or one after the other. */
export function namesOf(text: string, before: readonly string[] | undefined): readonly string[] {
  const names = text
    .split(",")
    .map(name => name.trim())
    .filter(name => name !== "")
  if (names.length === 0) throw new InvalidArgumentError("It must be a name, or names with commas between.")
  return [...(before ?? []), ...names]
}
