import { instant } from "../../kernel/clock.ts"
import type { Instance, Passage } from "../../kernel/instance.ts"
import type { Json, JsonObject } from "../../kernel/json.ts"
import type { Command } from "../../kernel/message.ts"
import type { Ask } from "./driver.ts"
import type { Names } from "./names.ts"
import { stateOfCode } from "./states.ts"

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

/** The instances that rows tell. */
export async function instancesOf(ask: Ask, rows: readonly CommandRow[], names: Names): Promise<Instance[]> {
  const keys = new Set<number>()
  for (const [, type, targetType, , , , owner] of rows) {
    keys.add(type).add(owner)
    if (targetType !== null) keys.add(targetType)
  }
  await names.spell(ask, keys)
  return rows.map(row => instanceOf(row, names))
}

function instanceOf(row: CommandRow, names: Names): Instance {
  const [createdAt, updatedAt] = [instant(row[14]), instant(row[15])]
  const state = stateOfCode(row[5])
  const t = row[16]
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
    t,
    attempts: row[17],
    due: row[18],
    history: row[19] === null ? [{ state, at: updatedAt, t }] : historyOf(row[19], t, updatedAt),
    digest: row[20],
  }
}

// When the last step was committed, and as what, is not in the text: it is the row's.
function historyOf(text: string, t: number, at: string): Passage[] {
  const history = JSON.parse(text) as Passage[]
  return history.map((passage, i) => (i === history.length - 1 ? { ...passage, t, at } : passage))
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

function parsed(text: string | null): Json {
  return text === null ? null : (JSON.parse(text) as Json)
}
