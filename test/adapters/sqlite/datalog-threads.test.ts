import { Worker } from "node:worker_threads"
import { describe, expect, test } from "vitest"
import { datalogThreads, sharedTicks, type Question } from "../../../src/adapters/sqlite/datalog-threads.ts"
import type { SqliteStore } from "../../../src/adapters/sqlite/index.ts"
import { limits } from "../../../src/kernel/limits.ts"
import { Refusal } from "../../../src/kernel/refusal.ts"
import type { Clause, DatalogQuery, Scope } from "../../../src/ports/datalog.ts"
import { aTransaction, anEvent } from "../../../src/testing/writes.ts"
import { chained } from "../sql/hand-written.ts"
import { attributes } from "../sql/small-world.ts"
import { aPlace, aStore } from "./place.ts"

const bounds = { rowsMax: 1_000, milliseconds: 20_000 }

/** How many ways there are to choose so many people out of all, each chosen as often as one likes. */
function choices(of: number): DatalogQuery {
  const chosen = Array.from({ length: of }, (_, i) => i)
  const where = chosen.map((i): Clause => {
    return { kind: "fact", attribute: attributes.name, entity: { variable: i }, value: { variable: of + i } }
  })
  const [first, ...others] = chosen
  return {
    kinds: [...chosen.map(() => "entity" as const), ...chosen.map(() => "value" as const)],
    inputs: [],
    where,
    rules: [],
    find: [{ variable: first!, aggregate: "count" }],
    with: others,
  }
}

const long = choices(3)
const endless = choices(5)

function ask(store: SqliteStore, query: DatalogQuery, scope: Scope | null = null, t = 1, milliseconds = 20_000) {
  return store.datalog.answer(query, { moment: { t }, scope, bounds: { ...bounds, milliseconds } })
}

/** Whoever sees some entities, told in both ways. */
function scopeOf(seen: readonly number[], gone: readonly number[] = []): Scope {
  const sees = (key: number) => seen.includes(key) || gone.includes(key)
  return { sees, guarded: new Set(), members: () => seen, visible: keys => keys.map(sees), t: 2 }
}

async function codeOf(work: unknown): Promise<unknown> {
  return Promise.resolve(work).then(
    () => "answered",
    (error: unknown) => (error instanceof Refusal ? error.code : error),
  )
}

function change(t: number, id: string, document: { name: string } | null) {
  const named = (value: string, added: boolean) => {
    return { attribute: "Party/name", value, ref: false, unique: false, added }
  }
  const values = document === null ? [named("Name 1", false)] : [named(document.name, true)]
  const stream = { id, type: "Person", version: document === null ? 2 : 1 }
  const events = [anEvent({ id: `${id} ${t}`, stream })]
  return aTransaction({
    id: `change ${t}`,
    events,
    changes: [{ id, type: "Person", document, replaces: true, values }],
  })
}

describe("what takes longer than a turn", () => {
  test("is answered by a thread, while others have their turns [QS8]", async () => {
    const store = aStore()
    await chained(store, 60)
    let turns = 0
    const turn = () => (turns++, (immediate = setImmediate(turn)))
    let immediate = setImmediate(turn)
    const answer = ask(store, long)
    expect(answer).toBeInstanceOf(Promise)
    const [outcome] = store.commit([change(2, "new", { name: "Name 1" })])
    expect([outcome?.kind, await answer]).toEqual(["done", [[60 ** 3]]])
    clearImmediate(immediate)
    expect(turns).toBeGreaterThan(10)
  })

  test("goes to the thread at once when it is asked again, and is of what was committed", async () => {
    const store = aStore()
    await chained(store, 60)
    await ask(store, long)
    store.commit([change(2, "new", { name: "Name 1" })])
    expect([await ask(store, long, null, 2), await ask(store, long, null, 1)]).toEqual([[[61 ** 3]], [[60 ** 3]]])
  })

  test("tells a reader what they see, and of what is no more, what they saw [QS8]", async () => {
    const store = aStore()
    const keys = await chained(store, 60)
    const [p1, ...others] = [keys[1]!, ...keys.slice(10)]
    expect(await ask(store, long, scopeOf([p1, ...others]))).toEqual([[51 ** 3]])
    const [outcome] = store.commit([change(2, "p1", null)])
    expect(outcome?.kind).toBe("done")
    expect(await ask(store, long, scopeOf(others, [p1]))).toEqual([[51 ** 3]])
    expect(await ask(store, long, scopeOf(others))).toEqual([[50 ** 3]])
    expect(await ask(store, long, scopeOf(others, [p1]), 2)).toEqual([[50 ** 3]])
    expect(await ask(store, long, { ...scopeOf(others), members: () => null })).toBeNull()
  })

  test("is ended where lists are crossed, which come to no fact [QS8]", async () => {
    const rows = Array.from({ length: 3_000 }, (_, i) => [i])
    const inputs = [0, 1, 2].map(variable => ({ variables: [variable], rows }))
    const crossed: DatalogQuery = { ...choices(3), kinds: ["value", "value", "value"], where: [], inputs }
    expect(await codeOf(ask(aStore(), crossed, null, 0, 60))).toBe("timeout")
  })

  test("is left to whoever asks where all is in memory only", async () => {
    const store = aStore({ path: ":memory:" })
    await chained(store, 60)
    expect(ask(store, endless)).toBeNull()
  })

  test("is refused when too much waits already, or the store is closed [QS8]", async () => {
    const store = aStore()
    await chained(store, 60)
    const asked = Array.from({ length: limits.datalogThreadsMax + limits.datalogWaitingMax }, () => ask(store, endless))
    expect(await codeOf(ask(store, endless))).toBe("overloaded")
    store.close()
    expect(new Set(await Promise.all(asked.map(codeOf)))).toEqual(new Set(["unavailable"]))
  })
})

test("a thread that dies takes its question with it, and another takes its place", async () => {
  const path = aPlace()
  const store = aStore({ path })
  await chained(store, 60)
  const workers: Worker[] = []
  const threads = datalogThreads(path, on => {
    const worker = new Worker(new URL("../../../src/adapters/sqlite/datalog-thread.ts", import.meta.url), {
      workerData: on,
    })
    workers.push(worker)
    return worker
  })
  const question = (query: DatalogQuery): Question => {
    const until = sharedTicks() + bounds.milliseconds
    return { query, moment: { t: 1 }, newest: 1, seen: null, until, ...bounds }
  }
  const lost = codeOf(threads.ask(question(endless)))
  await workers[0]!.terminate()
  expect(await lost).toBe("unavailable")
  expect((await threads.ask(question(long))).rows).toEqual([[60 ** 3]])
  expect(workers.length).toBe(2)
  threads.close()
})
