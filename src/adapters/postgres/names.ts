import { limits } from "../../kernel/limits.ts"
import { assert } from "../../kernel/refusal.ts"
import type { Ask } from "./driver.ts"
import { recent } from "../sql/recent.ts"
import { integers, texts } from "./wire.ts"

/** The words that rows name by short keys. What is asked for must have been brought in before. */
export type Names = {
  /** Brings in the keys of names; those that are new are written at once, by themselves. */
  make(ask: Ask, names: Iterable<string>): Promise<void>
  /** Brings in the keys of names, as far as they have one. */
  find(ask: Ask, names: Iterable<string>): Promise<void>
  /** Brings in the names of keys. */
  spell(ask: Ask, keys: Iterable<number>): Promise<void>
  keyOf(name: string): number
  /** The key of a name; null: no row can name it. */
  known(name: string): number | null
  nameOf(key: number): string
}

/** Remembers the words of a schema. A name never changes its key, so what is remembered stays true. */
export function namesOf(): Names {
  // People are names too, so there may be many. What was just brought in is not among those that are dropped.
  const byName = recent<string, number>(limits.keysCachedMax)
  const byKey = recent<number, string>(limits.keysCachedMax)

  function remember(rows: readonly (readonly [number, string])[]): void {
    for (const [key, name] of rows) {
      byName.set(name, key)
      byKey.set(key, name)
    }
  }

  async function find(ask: Ask, names: Iterable<string>): Promise<void> {
    const missing = [...names].filter(name => byName.get(name) === undefined)
    if (missing.length === 0) return
    remember(await ask<[number, string]>("SELECT key, name FROM @.names WHERE name = ANY($1)", [texts(missing)]))
  }

  return {
    find,
    async make(ask, names) {
      const wanted = [...names]
      await find(ask, wanted)
      // In order, so that two processes that add the same ones do not wait for each other.
      const missing = wanted.filter(name => byName.get(name) === undefined).toSorted()
      if (missing.length === 0) return
      await ask("INSERT INTO @.names(name) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING", [texts(missing)])
      await find(ask, wanted)
    },
    async spell(ask, keys) {
      const missing = [...keys].filter(key => byKey.get(key) === undefined)
      if (missing.length === 0) return
      remember(await ask<[number, string]>("SELECT key, name FROM @.names WHERE key = ANY($1)", [integers(missing)]))
    },
    keyOf(name) {
      const key = byName.get(name)
      assert(key !== undefined, `the key of ${name} was asked for before it was brought in`)
      return key
    },
    known: name => byName.get(name) ?? null,
    nameOf(key) {
      const name = byKey.get(key)
      assert(name !== undefined, `no name has the key ${key}, or it was not brought in`)
      return name
    },
  }
}
