import { setImmediate as turn } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import type { JsonObject } from "../../src/kernel/json.ts"
import { in_ } from "../../src/kernel/moments.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { done, step } from "../../src/kernel/workflow.ts"
import type { Store } from "../../src/ports/store.ts"
import type { Write } from "../../src/ports/write.ts"
import { testApp, type TestApp } from "../../src/testing/app.ts"
import { testStore } from "../../src/testing/test-store.ts"
import { child, heard, timed, workflow } from "./machine.ts"

const data = { type: "object" }
const asker = { actor: "system" }

const listener = workflow({
  type: "Listener",
  start: ({ data: said }) =>
    step({ got: [], ...said })
      .wait("it", {}, { mode: "each" })
      .timer("late", in_("1 hour")),
  on: {
    it: heard("Told", ({ data: known, event }) => {
      const word = event!.data["word"] as string
      const said = { ...known, got: [...(known["got"] as string[]), known["ok"] === true ? "fine" : word] }
      return word === "last" ? done(said.got) : step(said)
    }),
    late: timed(({ data: known }) => step({ ...known, got: [...(known["got"] as string[]), "poison"] })),
  },
})
const parent = workflow({
  type: "Parent",
  start: () => step({}).spawn("part", { type: "Part", target: null, data: {} }),
  on: { part: child(({ data: known }) => (known["ok"] === true ? done() : step({ say: "poison" }))) },
})
const part = workflow({ type: "Part", start: () => done() })
const app = daybook({
  schema: {
    daybook: 1,
    name: "unfit",
    version: 1,
    entities: { Thing: { attributes: { name: { type: "string" } } } },
    commands: Object.fromEntries(["Listener", "Parent", "Part"].map(type => [type, { target: null, data }])),
    events: { Told: { stream: "Outside", requires: "edit", data } },
  },
  workflows: [listener, parent, part],
})

/** What a store makes of writes that it cannot take: it says so, or it throws. */
type No = "says so" | "throws"

/** A store that cannot take the step of an instance as long as the test says so. */
const picky = (isUnfit: (instance: JsonObject, id: string) => boolean, no: No) => {
  const kept: Store[] = []
  return async (clock: Parameters<typeof testStore>[0]): Promise<Store> => {
    const inner = (kept[0] ??= await testStore(clock))
    const isBad = (write: Write) =>
      write.kind === "transaction" &&
      write.changes.some(({ type, document }) => type === "CommandInstance" && isUnfit(document ?? {}, write.instance.command.id)) // prettier-ignore
    const commit: Store["commit"] = async writes => {
      const bad = writes.map(isBad)
      if (!bad.includes(true)) return inner.commit(writes)
      if (no === "throws") throw new Error("string or blob too big")
      const good = [...(await inner.commit(writes.filter((_, i) => !bad[i])))]
      const sentence = "This write cannot be stored: string or blob too big"
      const conflict = { kind: "conflict", sentence, facts: {}, unique: false, isUnfit: true } as const
      return bad.map(isOne => (isOne ? conflict : good.shift()!))
    }
    return { ...inner, commit, close: async () => {} }
  }
}

/** Lets time pass until it is so. What is tried again and again is never settled. */
const until = async ({ clock, daybook: running }: TestApp, id: string, like: object) => {
  for (let n = 0; n < 2_000; n++) {
    const life = await running.life(id)
    if (n > 0 && asymmetric(like).asymmetricMatch(life)) break
    await clock.advance(n < 20 ? 1 : 500)
    await turn()
  }
  expect(await running.life(id)).toMatchObject(like)
}
const asymmetric = (like: object) => expect.objectContaining(like) as { asymmetricMatch(value: unknown): boolean }

const tell = async ({ daybook: running }: TestApp, to: string, word: string) => {
  await running.request({ id: `${to}-${word}`, type: "ReceiveEvent", target: null, data: { type: "Told", data: { word }, to } }, asker) // prettier-ignore
}
const begin = async (running: TestApp, id: string, type = "Listener") => {
  await running.daybook.request({ id, type, target: null, data: {} }, asker)
  await running.settle()
}
const says = (document: JsonObject, word: string, name = "data") =>
  JSON.stringify(document[name] ?? null).includes(word)

describe.each<No>(["says so", "throws"])("where the store cannot take what follows, and %s,", no => {
  test("the instance is stuck with the reason and what came, and others go on [W22 W51]", async () => {
    const running = await testApp(app, { store: picky(instance => says(instance, "poison"), no) })
    for (const id of ["a", "b"]) await begin(running, id)
    await tell(running, "a", "one")
    await tell(running, "a", "poison")
    await tell(running, "a", "two")
    await tell(running, "b", "one")
    await until(running, "b", { data: { got: ["one"] } })
    await until(running, "a", { state: "stuck" })
    await running.settle()
    expect(await running.daybook.life("a")).toMatchObject({
      state: "stuck",
      data: { got: ["one"] },
      stuck: { reason: { message: expect.stringContaining("string or blob too big") } },
      mailbox: [{ event: { data: { word: "poison" } } }, { event: { data: { word: "two" } } }],
    })
    await running.restart()
    await running.settle()
    await running.daybook.bring("a", { kind: "change", by: "boss", data: { got: ["one"], ok: true } }, "system")
    await running.daybook.bring("a", { kind: "resume", by: "boss" }, "system")
    expect(await running.daybook.life("a")).toMatchObject({ state: "waiting", data: { got: ["one", "fine", "fine"] } })
  })

  test("a timer, or the end of a child, makes it stuck as an event does [W22 W47]", async () => {
    const running = await testApp(app, { store: picky(instance => says(instance, "poison"), no) })
    await begin(running, "a")
    await running.daybook.request({ id: "p", type: "Parent", target: null, data: {} }, asker)
    await until(running, "p", { state: "stuck" })
    await running.clock.advance(3_600_000)
    await until(running, "a", { state: "stuck" })
    expect(await running.daybook.life("a")).toMatchObject({
      state: "stuck",
      mailbox: [{ kind: "timer", name: "late" }],
    })
    expect(await running.daybook.life("p")).toMatchObject({ state: "stuck", mailbox: [{ kind: "child" }] })
    await running.daybook.bring("p", { kind: "change", by: "boss", data: { ok: true } }, "system")
    await running.daybook.bring("p", { kind: "resume", by: "boss" }, "system")
    expect(await running.daybook.life("p")).toMatchObject({ state: "succeeded" })
  })

  test("and not what came either, says what it was, and hears what comes after [W22]", async () => {
    const isUnfit = (instance: JsonObject) => says(instance, "poison") || says(instance, "poison", "mailbox")
    const running = await testApp(app, { store: picky(isUnfit, no) })
    await begin(running, "a")
    await tell(running, "a", "poison")
    await tell(running, "a", "two")
    await until(running, "a", { state: "stuck" })
    await running.settle()
    const life = await running.daybook.life("a")
    expect(life).toMatchObject({
      state: "stuck",
      stuck: { reason: { unkept: [{ kind: "event", type: "Told", t: expect.any(Number) }] } },
      mailbox: [{ event: { data: { word: "two" } } }],
    })
    await running.daybook.bring("a", { kind: "resume", by: "boss" }, "system")
    expect(await running.daybook.life("a")).toMatchObject({ state: "waiting", data: { got: ["two"] } })
  })

  test("a person who says it is told at once, and nothing is changed [W21]", async () => {
    const running = await testApp(app, { store: picky(instance => says(instance, "poison"), no) })
    await begin(running, "a")
    const change = { kind: "change", by: "boss", data: { got: ["poison"] } } as const
    await expect(running.daybook.bring("a", change, "boss")).rejects.toMatchObject({ code: "unavailable" })
    expect(await running.daybook.life("a")).toMatchObject({ state: "waiting", data: { got: [] } })
  })
})

test("what the store could not take at once is not overtaken by what comes after, and nothing is lost [W51]", async () => {
  const away = { isAway: false }
  const kept: Store[] = []
  const running = await testApp(app, {
    async store(clock) {
      const inner = (kept[0] ??= await testStore(clock))
      const commit: Store["commit"] = async writes => {
        if (away.isAway && writes.some(w => w.kind === "transaction" && w.instance.command.id === "a")) {
          throw new Refusal("unavailable", "The store is away")
        }
        return inner.commit(writes)
      }
      return { ...inner, commit, close: async () => {} }
    },
  })
  await begin(running, "a")
  away.isAway = true
  await tell(running, "a", "one")
  for (let n = 0; n < 20; n++) await turn()
  away.isAway = false
  await tell(running, "a", "two")
  await tell(running, "a", "three")
  await tell(running, "a", "last")
  await until(running, "a", { state: "succeeded" })
  expect(await running.daybook.ended("a")).toMatchObject({ result: ["one", "two", "three", "last"] })
})
