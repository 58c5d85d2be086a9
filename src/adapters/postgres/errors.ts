import type { JsonObject } from "../../kernel/json.ts"
import { Refusal } from "../../kernel/refusal.ts"

/**
 * What an error says about the statement that had it.
 *
 * lost      the connection is gone: if the statement was a commit, nobody knows what came of it
 * again     it was undone for no fault of its own, and may simply be repeated
 * unnamed   someone between us and the server does not keep prepared statements
 * outside   the server or its disk cannot; nothing of it is there
 * inside    it was wrong in itself
 */
export type Fault = "lost" | "again" | "unnamed" | "outside" | "inside"

const lost = ["57P01", "57P02", "57P03", "57P05", "08000", "08001", "08003", "08004", "08006"]
const again = ["40001", "40P01", "55P03"]
const unnamed = ["26000", "42P05"]

/** That the connection is of no use any more, or none could be made. Whatever was under way has an unknown outcome. */
export class LostConnection extends Error {
  constructor(cause: unknown) {
    super(cause instanceof Error ? cause.message || String((cause as { code?: unknown }).code) : String(cause), {
      cause,
    })
    this.name = "LostConnection"
  }
}

/** That a commit was not made because another process is alone. */
export class AnotherIsAlone extends Error {
  /** What the database says of that. */
  readonly found: string

  constructor(found: string) {
    super("Another process is alone on this daybook")
    this.name = "AnotherIsAlone"
    this.found = found
  }
}

/** Five characters that PostgreSQL gives to each kind of error; null: the error is not from there. */
export function stateOf(error: unknown): string | null {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return null
  return /^[0-9A-Z]{5}$/.test(error.code) && "severity" in error ? error.code : null
}

/** Whether a new command, or a new entity, has an id that another one has by now. */
export function isTaken(error: unknown): boolean {
  if (stateOf(error) !== "23505" || !(error instanceof Error) || !("constraint" in error)) return false
  return error.constraint === "commands_id_key" || error.constraint === "entities_id_key"
}

/** What an error means for the statement. */
export function faultOf(error: unknown): Fault {
  if (error instanceof LostConnection) return "lost"
  if (error instanceof AnotherIsAlone) return "again"
  if (error instanceof Refusal) return "outside"
  const state = stateOf(error)
  if (state === null) return "inside"
  if (lost.includes(state)) return "lost"
  if (again.includes(state)) return "again"
  if (unnamed.includes(state)) return "unnamed"
  return sentenceOf(state) === null ? "inside" : "outside"
}

/** The same error as a refusal that says what to do; else the error itself. */
export function refusalOf(error: unknown, place: string): unknown {
  if (error instanceof Refusal || !(error instanceof Error)) return error
  // All JSON in a daybook was written by it, so what is none is damage.
  if (error instanceof SyntaxError) return refusalFor(error, place, damaged, {})
  const state = stateOf(error)
  const sentence = error instanceof LostConnection ? networkSentence(error) : state && sentenceOf(state)
  return sentence === null ? error : refusalFor(error, place, sentence, state === null ? {} : { state })
}

function refusalFor(error: Error, place: string, sentence: string, facts: JsonObject): Refusal {
  const refusal = new Refusal("unavailable", `The database ${place} ${sentence} (${error.message})`, {
    place,
    ...facts,
  })
  refusal.cause = error
  return refusal
}

/** The same part of a store, whose methods are refused where the database cannot do what it should. */
export function guarded<Part extends object>(part: Part, place: string): Part {
  const members = Object.entries(part).map(([name, member]) => {
    if (typeof member !== "function") return [name, member]
    const guard = (...args: unknown[]): unknown => {
      const answer: unknown = member(...args)
      if (!(answer instanceof Promise)) return answer
      return answer.catch((error: unknown) => {
        throw refusalOf(error, place)
      })
    }
    return [name, guard]
  })
  // Each member keeps its name and its signature.
  return Object.fromEntries(members) as Part
}

const damaged = "is damaged: stop, keep a copy of it, and restore the last backup"

const sentences: Readonly<Record<string, string>> = {
  "28P01": "does not take this password: look at the user and the password in its address",
  "28000": "does not let this user in: look at its address, and at pg_hba.conf on the server",
  "3D000": "is not there: make it with createdb, or name another in its address",
  "3F000": "has no such schema: make it, or name another",
  "42501": "does not give this user a right that is needed: let its owner grant it",
  "25006": "can only be read: it is a standby, or read-only; use the address of the primary",
  "25001": "begins its transactions otherwise than is needed: set default_transaction_isolation to read committed",
  "53100": "cannot grow: the disk of the server is full; make room and try again",
  "53200": "has no memory left: give the server more, or fewer connections",
  "53300": "has no connection left: raise max_connections, or lower poolMax",
  "57014": "took longer than a statement may: look what the server is doing, or raise statementTimeoutMs",
  "57P03": "is starting or stopping: try again in a moment",
  DB001: "holds a daybook that was moved elsewhere: serve it there, or take that back with daybook move --undo",
  "42P01": damaged,
  "42703": damaged,
  "42883": damaged,
  XX001: damaged,
  XX002: damaged,
}

function sentenceOf(state: string): string | null {
  const known = sentences[state]
  if (known !== undefined) return known
  if (state.startsWith("53")) return "has not enough room: look at the server's disk, memory and connections"
  if (state.startsWith("58")) return "cannot read or write its files: look whether its disk is there and sound"
  if (state.startsWith("57") || state.startsWith("08")) return "cannot be reached: look whether the server runs"
  if (state.startsWith("28")) return "does not let this user in: look at the user and the password in its address"
  return null
}

function networkSentence({ cause, message }: LostConnection): string {
  const state = stateOf(cause)
  if (state !== null) return sentenceOf(state) ?? "cannot be reached: look whether the server runs"
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : ""
  if (code === "ENOTFOUND" || code === "EAI_AGAIN") return "cannot be found: look at the host in its address"
  if (code === "ECONNREFUSED" || code === "ENOENT") {
    return "does not answer: look whether the server runs, and at the host and port in its address"
  }
  if (/SSL|certificate|self.signed/i.test(`${code} ${message}`)) {
    return "and this program cannot agree on encryption: look at sslmode in its address"
  }
  return "cannot be reached: look whether the server runs, and at the network between"
}
