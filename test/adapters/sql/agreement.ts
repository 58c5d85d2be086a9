import { expect } from "vitest"
import type { Json } from "../../../src/kernel/json.ts"
import type { T } from "../../../src/kernel/message.ts"
import { Unready, type DatalogQuery, type Scope } from "../../../src/ports/datalog.ts"
import type { EntityKey, Moment } from "../../../src/ports/facts.ts"
import type { Store } from "../../../src/ports/store.ts"
import { naive } from "./naive.ts"
import { filled, randomFrom } from "./small-world.ts"
import { someQuery } from "./some-query.ts"

const bounds = { rowsMax: 100_000, milliseconds: 10_000 }

/** A reader who sees every other entity, and of some of these not their age. */
export function aScope(t: T, keys: readonly EntityKey[], there: ReadonlySet<EntityKey>): Scope {
  const sees = (entity: EntityKey, attribute?: string) =>
    keys.indexOf(entity) % 3 !== 1 && (attribute !== "Person/age" || keys.indexOf(entity) % 2 === 0)
  return {
    sees,
    guarded: new Set(["Person/age"]),
    members: attribute => keys.filter(key => there.has(key) && sees(key, attribute)),
    visible: (entities, attribute) => entities.map(entity => sees(entity, attribute)),
    t,
  }
}

/** The same, but the first who asks must wait until all is found out. */
function readyLater(scope: Scope): Scope {
  let isReady = false
  return {
    ...scope,
    sees(entity, attribute) {
      if (isReady) return scope.sees(entity, attribute)
      isReady = true
      throw new Unready(Promise.resolve())
    },
  }
}

/** Asks a store random queries, and compares with what the most obvious way comes to. Answers how many it answered. */
export async function agreement(
  store: Store,
  seed: number,
  count: number,
): Promise<{ asked: number; answered: number }> {
  const random = randomFrom(seed)
  const { t, keys } = await filled(store, random, 60)
  const types = await store.facts.types(keys, t)
  const there = new Set(keys.filter((_, i) => types[i] !== null))
  let [asked, answered] = [0, 0]
  while (asked < count) {
    const query = someQuery(random, keys)
    if (query.find.length === 0) continue
    asked += 1
    const then = 1 + random(t)
    const moment: Moment = random(2) === 0 ? { t } : random(2) === 0 ? { t: then } : { t, since: then }
    const scope = random(3) === 0 ? aScope(t, keys, there) : null
    const rows = await store.datalog.answer(query, { moment, scope, bounds })
    if (rows === null) continue
    answered += 1
    const expected = await naive(query, store.facts, moment, scope)
    compare(query, rows, expected, moment)
    if (scope === null) continue
    const later = await store.datalog.answer(query, { moment, scope: readyLater(scope), bounds })
    compare(query, later ?? rows, expected, moment)
  }
  return { asked, answered }
}

function compare(query: DatalogQuery, actual: readonly (readonly Json[])[], expected: Json[][], moment: Moment): void {
  const sorted = (rows: readonly (readonly Json[])[]) => rows.map(row => JSON.stringify(row)).toSorted()
  const asked = { moment, ...query, rules: [] }
  expect({ asked, rows: sorted(actual) }).toEqual({ asked, rows: sorted(expected) })
}
