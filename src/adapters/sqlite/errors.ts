import { Refusal } from "../../kernel/refusal.ts"

// The primary result codes of SQLite that can happen to a store that works as it should.
/** Another connection holds a lock. */
export const busy = 5
const wrongStatement = 1
const readOnly = 8
const ioError = 10
const corrupt = 11
const full = 13
const cannotOpen = 14
const notADatabase = 26

/** The primary result code of an error that comes from SQLite; null for any other. */
export function codeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !("errcode" in error) || typeof error.errcode !== "number") return null
  return error.errcode & 0xff
}

/** Whether the file or the disk is at fault, not what was written. */
export function isOutside(error: unknown): boolean {
  const code = codeOf(error)
  return code !== null && sentences[code] !== undefined
}

/** Whether it is unknown, after this error, what a power cut would leave of the transaction that was being written. */
export function leavesDoubt(error: unknown): boolean {
  return codeOf(error) === ioError
}

const sentences: Readonly<Record<number, string>> = {
  [busy]: "is locked by another program: end that program, or wait until it has finished",
  [readOnly]: "cannot be written: give this user the right to write the file and its folder",
  [ioError]: "cannot be read or written: look whether the disk is there and sound",
  [corrupt]: "is damaged: stop, keep a copy of it, and restore the last backup",
  [full]: "cannot grow: the disk is full, or the file has reached the size it is allowed; make room and try again",
  [cannotOpen]: "cannot be opened: look whether its folder is there and this user may use it",
  [notADatabase]: "is not a daybook: it was written by something else, or it is damaged",
}

/** The same error as a refusal that says what to do, where SQLite says why; else the error itself. */
export function refusalOf(error: unknown, path: string): unknown {
  // All JSON in a daybook was written by it, so what is none is damage.
  const code = error instanceof SyntaxError ? corrupt : codeOf(error)
  const sentence = code === null ? undefined : sentences[code]
  if (sentence === undefined || !(error instanceof Error)) return error
  const refusal = new Refusal("unavailable", `The file ${path} ${sentence} (${error.message})`, { path })
  refusal.cause = error
  return refusal
}

/** What went wrong while the statements of a store were prepared: a file that lacks something of its own is damaged. */
export function lacking(error: unknown, path: string): unknown {
  if (codeOf(error) !== wrongStatement || !(error instanceof Error)) return refusalOf(error, path)
  const refusal = new Refusal("unavailable", `The file ${path} ${sentences[corrupt]} (${error.message})`, { path })
  refusal.cause = error
  return refusal
}

/** The same part of a store, whose methods throw refusals where SQLite cannot do what it should. */
export function guarded<Part extends object>(part: Part, path: string): Part {
  const methods = Object.entries(part).map(([name, method]) => {
    if (typeof method !== "function") return [name, method]
    const guard = (...args: unknown[]): unknown => {
      try {
        return method(...args)
      } catch (error) {
        throw refusalOf(error, path)
      }
    }
    return [name, guard]
  })
  // Each method keeps its name and its signature.
  return Object.fromEntries(methods) as Part
}
