import type { T } from "../../kernel/message.ts"
import type { Scope } from "../../ports/datalog.ts"
import type { EntityKey } from "../../ports/facts.ts"
import { places } from "../sql/places.ts"
import type { Ask } from "./driver.ts"
import { bigints, type Value } from "./wire.ts"

// Entities that are no more, and that are judged for one query: each of them as of its own last moment. Beyond, whoever
// asks walks, and judges those alone that it comes by.
const judgedMax = 1_000

const ended = `SELECT DISTINCT entity FROM @.versions WHERE document IS NULL AND pos >= $1 LIMIT ${judgedMax + 1}`

/** The entities that were there at some t, and ended after it. Null: too many to judge. */
export async function goneSince(read: Ask, t: T): Promise<readonly EntityKey[] | null> {
  const rows = await read<[EntityKey]>(ended, [(t + 1) * places])
  return rows.length > judgedMax ? null : rows.map(([key]) => key)
}

/**
 * All that is seen, of what exists and of some that is no more, as a parameter: in the order in which a statement
 * searches it. Null: too much to tell.
 */
export async function membersOf(
  scope: Scope,
  attribute: string | undefined,
  gone: readonly EntityKey[],
): Promise<Value | null> {
  const members = await scope.members(attribute)
  if (members === null || gone.length === 0) return members === null ? null : inOrder(members)
  const seen = await scope.visible(gone, attribute)
  return sorted([...new Set([...members, ...gone.filter((_, i) => seen[i])])])
}

// Whoever asks again as the same reader has the same members.
const ordered = new WeakMap<readonly EntityKey[], Buffer>()

function inOrder(members: readonly EntityKey[]): Buffer {
  const known = ordered.get(members)
  if (known !== undefined) return known
  const made = sorted(members)
  ordered.set(members, made)
  return made
}

function sorted(keys: readonly EntityKey[]): Buffer {
  return bigints([...new Float64Array(keys).sort()])
}
