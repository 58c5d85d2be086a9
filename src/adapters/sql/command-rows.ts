import type { Instance, Passage } from "../../kernel/instance.ts"
import type { Json, JsonObject } from "../../kernel/json.ts"
import type { Command } from "../../kernel/message.ts"
import type { CommandTexts, HashedCommand } from "../../ports/hash.ts"
import { instantOf } from "./instants.ts"
import type { Spelling } from "./spelling.ts"
import { stateOfCode } from "./states.ts"

/** A row of `commands`, in the order of `commandColumns`; behind it what else was asked for. */
export type CommandRow = [
  id: string,
  type: number,
  targetType: number | null,
  target: string | null,
  data: string,
  state: number,
  owner: number,
  parent: string | null,
  correlation: string | null,
  occurredAt: string | null,
  expectedVersion: number | null,
  basisT: number | null,
  result: string | null,
  error: string | null,
  createdAt: number,
  updatedAt: number,
  t: number,
  attempts: number,
  due: number | null,
  history: string | null,
  digest: string | null,
  ...more: (number | null)[],
]

/** What to select to get a `CommandRow`. */
export const commandColumns = `id, type, target_type, target, data, state, owner, parent, correlation, occurred_at,
  expected_version, basis_t, result, error, created_at, updated_at, t, attempts, due, history, digest`

/** The same of `archived_commands`, with when each was moved there behind it. */
export const archivedColumns = `${commandColumns}, archived_at`

/** The instance that a row of the archive tells. */
export function archivedInstanceOf(row: CommandRow, names: Spelling): Instance {
  return { ...instanceOf(row, names), archivedAt: instantOf(row[21] ?? 0) }
}

/** The instance that a row tells. */
export function instanceOf(row: CommandRow, names: Spelling): Instance {
  const [createdAt, updatedAt] = [instantOf(row[14]), instantOf(row[15])]
  const state = stateOfCode(row[5])
  return {
    command: commandOf(row, names),
    state,
    owner: names.nameOf(row[6]),
    parent: row[7],
    correlationId: row[8] ?? row[0],
    result: parsed(row[12]),
    // What was written as an object is read as one.
    error: parsed(row[13]) as JsonObject | null,
    createdAt,
    updatedAt,
    t: row[16],
    attempts: row[17],
    due: row[18],
    history: row[19] === null ? [{ state, at: updatedAt, t: row[16] }] : historyOf(row[19], row[16], updatedAt),
    digest: row[20],
  }
}

/** What is hashed of a row. What cannot be read is nothing that was hashed. */
export function hashedCommand(row: CommandRow, names: Spelling): { hashed: HashedCommand; texts: CommandTexts } {
  const [state, at, t] = [stateOfCode(row[5]), instantOf(row[15]), row[16]]
  const hashed = {
    command: aboutOf(row, names),
    owner: names.nameOf(row[6]),
    parent: row[7],
    createdAt: instantOf(row[14]),
    digest: row[20],
    state,
    attempts: row[17],
    due: row[18],
    history: row[19] === null ? [] : readHistory(row[19], t, at),
  }
  return { hashed, texts: { data: row[4], result: row[12], error: row[13] } }
}

function readHistory(text: string, t: number, at: string): Passage[] {
  try {
    return historyOf(text, t, at)
  } catch {
    return []
  }
}

// When the last step was committed, and as what, is not in the text: it is the row's.
function historyOf(text: string, t: number, at: string): Passage[] {
  const history = JSON.parse(text) as Passage[]
  return history.map((passage, i) => (i === history.length - 1 ? { ...passage, t, at } : passage))
}

function commandOf(row: CommandRow, names: Spelling): Command {
  const [id, type, , , data] = row
  return { id, type: names.nameOf(type), ...aboutOf(row, names), data: JSON.parse(data) as JsonObject }
}

function aboutOf(row: CommandRow, names: Spelling): HashedCommand["command"] {
  const [, , targetType, target, , , , , , occurredAt, expectedVersion, basisT] = row
  return {
    target: target === null || targetType === null ? null : { type: names.nameOf(targetType), id: target },
    ...(expectedVersion === null ? {} : { expectedVersion }),
    ...(occurredAt === null ? {} : { occurredAt }),
    ...(basisT === null ? {} : { basisT }),
  }
}

/** The history as it is stored: null where it is one step that the other columns tell as well. */
export function historyText({ history, state }: Instance): string | null {
  const last = history.at(-1)
  if (last === undefined) return "[]"
  const isPlain = history.length === 1 && last.state === state && last.process === undefined
  if (isPlain) return null
  return JSON.stringify(history)
}

/** JSON that is null where the text is. */
export function parsed(text: string | null): Json {
  return text === null ? null : (JSON.parse(text) as Json)
}

/** The text of JSON, null where it is null. */
export function textOrNull(value: Json): string | null {
  return value === null ? null : JSON.stringify(value)
}
