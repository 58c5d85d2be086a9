import { CommanderError } from "commander"
import { Refusal } from "../kernel/refusal.ts"
import { LogError } from "../adapters/files/log-error.ts"
import { BadInput } from "./bad-input.ts"

/** Says a line of what was asked for. Resolves when there is room for more: a slow reader slows us down. */
export function say(line: string): Promise<void> | undefined {
  if (process.stdout.write(`${line}\n`)) return undefined
  return new Promise(resolve => {
    process.stdout.once("drain", resolve)
  })
}

/** Says a line to whoever sits in front of it, beside what was asked for. */
export function note(line: string): void {
  process.stderr.write(`${line}\n`)
}

/** Whoever reads what we say may stop reading: then we are done, and nothing went wrong. */
export function endWithReader(): void {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    process.exit(error.code === "EPIPE" ? 0 : 1)
  })
}

/** Says what went wrong, and returns the exit code for it: 2 for bad input, 1 for everything else. */
export function complain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
  for (const line of complaint(error)) note(line)
  return error instanceof BadInput || isUnreadable(error) || isMisfit(error) ? 2 : 1
}

/** Whether a file could not be read at all. What came before a place where it cannot be read any further is kept. */
function isUnreadable(error: unknown): boolean {
  return error instanceof LogError && (error.line === null || error.byte === 0)
}

/** Whether an app does not fit what is stored. */
function isMisfit(error: unknown): boolean {
  return error instanceof Refusal && error.facts["schemaInForce"] !== undefined
}

function complaint(error: unknown): readonly string[] {
  if (error instanceof BadInput) return [`error: ${error.message}`, ...error.places.map(place => `  ${place}`)]
  if (error instanceof Refusal)
    return [`error: ${error.message}`, ...error.faults.map(f => `  ${f.path}: ${f.message}`)]
  if (error instanceof LogError) return [`error: ${error.message}`]
  if (isOfTheSystem(error)) return [`error: ${unlistenable(error) ?? error.message}`]
  // What nobody foresaw is told with the way to it.
  return [error instanceof Error ? `error: ${error.stack ?? error.message}` : `error: ${String(error)}`]
}

function isOfTheSystem(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error
}

/** Why nobody can listen at an address, if that is what went wrong. */
function unlistenable(error: NodeJS.ErrnoException & { readonly address?: string; readonly port?: number }) {
  if (error.syscall !== "listen" && error.syscall !== "getaddrinfo") return null
  const { address = "", port = 0 } = error
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} of ${address} is in use: end who has it, or give another with --port (0 takes a free one)`
    case "EACCES":
      return `Port ${port} of ${address} may not be used by this user: give another with --port, 1024 or above`
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return `There is no address on this machine for this --host: ${error.message}`
    default:
      return null
  }
}

const counted = new Intl.NumberFormat("en-US")

/** A count, with its thousands apart. */
export function count(n: number): string {
  return counted.format(n)
}

/** A count of things, in the singular where there is one. */
export function counting(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`
}
