import { describe, expect, test } from "vitest"
import { daybook as define } from "../../src/app/define.ts"
import { openDaybook } from "../../src/app/open.ts"
import type { Daybook } from "../../src/daybook.ts"
import type { Finding } from "../../src/ports/maintenance.ts"
import { acc, bankApp } from "../commands/bank.ts"
import { refusalOf } from "../commands/world.ts"
import { simulatedClock, type SimulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { emptyMemory, memoryStore } from "../../src/testing/memory-store.ts"
import { testStore } from "../../src/testing/test-store.ts"

const day = 86_400_000

async function aBank() {
  const clock = simulatedClock()
  const daybook = await openDaybook(bankApp(), { store: await testStore(clock), clock, ids: seededIds(1) })
  return { clock, daybook, deposit: depositor(daybook) }
}

function depositor(daybook: Daybook) {
  return (id: string, amount = 1, parent?: string) =>
    daybook.request(
      { id, type: "Deposit", target: acc("a"), data: { amount } },
      { actor: "ann", ...(parent === undefined ? {} : { parent }) },
    )
}

/** Three commands of ann's that are old, of which one is another's child, and two that are not. */
async function aHistory(clock: SimulatedClock, deposit: ReturnType<typeof depositor>) {
  await deposit("old")
  await deposit("old child", 2, "old")
  await deposit("parent")
  await clock.advance(100 * day)
  await deposit("young", 4)
  await deposit("young child", 8, "parent")
}

test("the archiver is a command, of whoever asked, that moves whole trees older than it says [W55 W56 W57]", async () => {
  const { clock, daybook, deposit } = await aBank()
  await aHistory(clock, deposit)
  const archived = await daybook.archive("P90D", { actor: "system" })
  expect(archived).toMatchObject({ archived: 2, t: 6 })
  const ids = async (filter: object) =>
    (await daybook.commands({ limit: 9, ...filter })).map(({ command }) => command.id)
  expect(await ids({})).toEqual([archived.id, "young child", "young", "parent"])
  expect(await ids({ archived: true })).toEqual(["old child", "old"])
  expect(await ids({ archived: "both", owner: "ann" })).toEqual(["young child", "young", "parent", "old child", "old"])
  expect(await daybook.command(archived.id)).toMatchObject({
    command: { type: "Archive", data: { olderThan: "2030-01-11T00:00:00.000Z" } },
    owner: "system",
    state: "succeeded",
    result: { archived: 2 },
  })
  expect(await daybook.command("old")).toMatchObject({ archivedAt: "2030-04-11T00:00:00.000Z", state: "succeeded" })
  expect(await daybook.children("old")).toEqual(["old child"])
  await daybook.close()
})

test("an archived command that comes again gets its first outcome, and other content is refused [X5 W56]", async () => {
  const { clock, daybook, deposit } = await aBank()
  const first = await deposit("old", 5)
  await clock.advance(day)
  await daybook.archive("PT1H", { actor: "system" })
  expect(await deposit("old", 5)).toEqual(first)
  expect((await refusalOf(deposit("old", 6))).code).toBe("duplicate-conflict")
  expect((await daybook.entity("a"))?.document).toMatchObject({ balance: 5 })
  await daybook.close()
})

test("what is asked of the past and of the log is answered as before, and all of it can be brought back [X5 W56]", async () => {
  const { clock, daybook, deposit } = await aBank()
  await aHistory(clock, deposit)
  const look = async () => ({
    events: (await daybook.events(0, { limit: 100 })).events,
    stream: await daybook.stream("a", 1, 100),
    past: await (await daybook.snapshot(1)).entity("a"),
    history: (await daybook.query({ history: "a" }, { principal: "system" })).result,
    all: (await daybook.commands({ limit: 9, archived: "both", type: "Deposit" })).map(
      ({ archivedAt: _, ...rest }) => rest,
    ),
  })
  const before = await look()
  await daybook.archive("2030-02-01T00:00:00Z", { actor: "system" })
  expect(await look()).toEqual(before)
  const restored = await daybook.restore(["old", "young", "old"], { actor: "ann" })
  expect(restored).toMatchObject({ restored: 1 })
  expect(await daybook.command(restored.id)).toMatchObject({ owner: "ann", result: { restored: 1 } })
  expect(await daybook.command("old")).not.toHaveProperty("archivedAt")
  expect((await daybook.restore(["old child"], { actor: "system" })).restored).toBe(1)
  expect(await look()).toEqual(before)
  const findings: Finding[] = []
  for await (const finding of daybook.verify()) findings.push(finding)
  expect(findings).toEqual([])
  await daybook.close()
})

test("many are moved page by page, each page a command under the first, which goes with the next run [W56]", async () => {
  const { clock, daybook, deposit } = await aBank()
  await Promise.all(Array.from({ length: 2_500 }, (_, i) => deposit(`d${i}`)))
  await clock.advance(day)
  const { id, archived } = await daybook.archive("PT12H", { actor: "system" })
  expect(archived).toBe(2_500)
  expect(await daybook.children(id)).toHaveLength(2)
  const left = (await daybook.commands({ limit: 10 })).map(({ result }) => result)
  expect(left).toEqual([{ archived: 500 }, { archived: 1_000 }, { archived: 1_000 }])
  await clock.advance(day)
  expect(await daybook.archive("PT12H", { actor: "system" })).toMatchObject({ archived: 3 })
  expect(await daybook.archive("PT12H", { actor: "system" })).toMatchObject({ archived: 0 })
  await daybook.close()
})

test("two processes that archive at once move each command once [W56]", async () => {
  const [memory, clock] = [emptyMemory(), simulatedClock()]
  const open = (seed: string) =>
    openDaybook(bankApp(), { store: memoryStore({ clock, memory, isShared: true }), clock, ids: seededIds(seed) })
  const [first, second] = [await open("first"), await open("second")]
  await Promise.all(Array.from({ length: 30 }, (_, i) => depositor(first)(`d${i}`)))
  await clock.advance(10_000)
  const runs = await Promise.all([first, second].map(one => one.archive("PT5S", { actor: "system" })))
  expect(runs.map(({ archived }) => archived).toSorted((a, b) => a - b)).toEqual([0, 30])
  expect(memory.archived.size).toBe(30)
  await first.close()
  await second.close()
})

test.each([
  ["yesterday", "invalid", "no length of time"],
  ["P3M", "invalid", "of the calendar"],
  ["", "invalid", "no length of time"],
])("nothing is archived that is older than %j [W56]", async (olderThan, code, sentence) => {
  const { daybook, deposit } = await aBank()
  await deposit("a1")
  const refusal = await refusalOf(daybook.archive(olderThan, { actor: "system" }))
  expect([refusal.code, refusal.message]).toEqual([code, expect.stringContaining(sentence)])
  expect((await refusalOf(daybook.restore(["nobody"], { actor: "system" }))).code).toBe("not-found")
  expect(await daybook.basis()).toBe(1)
  await daybook.close()
})

describe("an app that says when", () => {
  const app = (olderThan = "P30D", every = "0 3 * * 1") => {
    const { schema, aggregates, handlers, adapters } = bankApp()
    return define({ schema, aggregates, handlers, adapters, archive: { every, zone: "Europe/Zurich", olderThan } })
  }
  const opened = async (memory = emptyMemory(), clock = simulatedClock(), given = app()) => {
    const daybook = await openDaybook(given, {
      store: memoryStore({ memory, clock }),
      clock,
      ids: seededIds(memory.transactions.length),
    })
    const ofArchive = async () =>
      (await daybook.commands({ limit: 20, archived: "both", owner: "system" }))
        .map(({ command, createdAt, result }) => [command.type, createdAt.slice(0, 16), result] as const)
        .toReversed()
    return { memory, clock, daybook, ofArchive }
  }

  test("is woken by a timer, at that time, and sets it for the next one [W57]", async () => {
    const { clock, daybook, ofArchive, memory } = await opened()
    expect([...memory.timers.keys()]).toEqual(["daybook:archive"])
    await depositor(daybook)("old")
    await clock.advance(21 * day)
    await depositor(daybook)("young")
    await clock.advance(14 * day)
    await daybook.drain()
    const runs = ["07", "14", "21", "28"].map(at => ["Archive", `2030-01-${at}T02:00`, { archived: 0 }] as const)
    const made = (await ofArchive()).filter(([type]) => type === "Archive")
    expect(made).toEqual([...runs, ["Archive", "2030-02-04T02:00", { archived: 2 }]])
    expect([...memory.archived.keys()].includes("old")).toBe(true)
    expect((await daybook.command("young"))!).not.toHaveProperty("archivedAt")
    expect([...memory.timers.values()].map(({ due }) => due)).toEqual([Date.parse("2030-02-11T02:00:00Z")])
    await daybook.close()
  })

  test("goes on after a restart: what was missed comes to one run, and another policy is another timer [W57]", async () => {
    const first = await opened()
    await first.daybook.close()
    await first.clock.advance(100 * day)
    const second = await opened(first.memory, first.clock)
    await second.daybook.drain()
    const types = async (of: typeof first) => (await of.ofArchive()).map(([type]) => type)
    expect(await types(second)).toEqual(["ScheduleArchive", "Archive", "ScheduleArchive"])
    await second.daybook.close()
    const third = await opened(first.memory, first.clock, app("P7D", "0 4 * * *"))
    expect((await types(third)).at(-1)).toBe("ScheduleArchive")
    expect([...first.memory.timers.values()].map(({ due }) => due)).toEqual([Date.parse("2030-04-11T02:00:00Z")])
    await third.daybook.close()
    const fourth = await opened(first.memory, first.clock, app("P7D", "0 4 * * *"))
    expect(await types(fourth)).toHaveLength(4)
    await fourth.daybook.close()
  })

  test.each([
    ["P30D", "at three", /"at three" is no cron expression/],
    ["a while", "0 3 * * *", /"a while" is no length of time/],
  ])("older than %s, at %s, is refused when it starts [W57]", async (olderThan, every, sentence) => {
    await expect(opened(emptyMemory(), simulatedClock(), app(olderThan, every))).rejects.toThrow(sentence)
  })
})
