import type { Instance, Passage } from "../../kernel/instance.ts"
import type { Json, JsonObject } from "../../kernel/json.ts"
import type { Command } from "../../kernel/message.ts"
import type { Cell } from "./driver.ts"
import { instantOf } from "./instants.ts"
import type { Names } from "./names.ts"
import { stateOf } from "./states.ts"

/** A row of `commands`, in the order of `commandColumns`. */
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
]

/** What to select to get a `CommandRow`. */
export const commandColumns = `id, type, target_type, target, data, state, owner, parent, correlation, occurred_at,
  expected_version, basis_t, result, error, created_at, updated_at, t, attempts, due, history, digest`

/** The instance that a row tells. */
export function instanceOf(row: CommandRow, names: Names): Instance {
  const createdAt = instantOf(row[14])
  const state = stateOf(row[5])
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
    updatedAt: instantOf(row[15]),
    t: row[16],
    attempts: row[17],
    due: row[18],
    history: row[19] === null ? [{ state, at: createdAt, t: row[16] }] : (JSON.parse(row[19]) as Passage[]),
    digest: row[20],
  }
}

function commandOf(row: CommandRow, names: Names): Command {
  const [id, type, targetType, target, data, , , , , occurredAt, expectedVersion, basisT] = row
  return {
    id,
    type: names.nameOf(type),
    target: target === null || targetType === null ? null : { type: names.nameOf(targetType), id: target },
    data: JSON.parse(data) as JsonObject,
    ...(expectedVersion === null ? {} : { expectedVersion }),
    ...(occurredAt === null ? {} : { occurredAt }),
    ...(basisT === null ? {} : { basisT }),
  }
}

/** The history as it is stored: null where it is one step that the other columns tell as well. */
export function historyText(instance: Instance, t: number): Cell {
  const { history, state, createdAt } = instance
  const last = history.at(-1)
  if (last === undefined) return "[]"
  const isPlain = history.length === 1 && last.state === state && last.at === createdAt && last.process === undefined
  if (isPlain) return null
  return JSON.stringify([...history.slice(0, -1), { ...last, t }])
}

/** JSON that is null where the text is. */
export function parsed(text: string | null): Json {
  return text === null ? null : (JSON.parse(text) as Json)
}

/** The text of JSON, null where it is null. */
export function textOrNull(value: Json): Cell {
  return value === null ? null : JSON.stringify(value)
}
