import { describe, expect, test } from "vitest"
import type { Processor } from "../../src/kernel/processor.ts"
import { changed, created } from "../../src/kernel/processor.ts"
import { notificationOf } from "../../src/processors/notification.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { aProcessor, World, byText } from "./world.ts"

const mail = { send: () => "sent" }

async function refusal(...processors: Processor[]): Promise<string> {
  const start = new World().start(processors, [], { adapters: { mail } })
  return start.then(
    () => "",
    (error: Error) => error.message,
  )
}

describe("at the start, and not at the first event, it is said", () => {
  test("that a processor asks for something that nobody knows [A9]", async () => {
    const said = await refusal(
      aProcessor({ name: "send-activity", run: ({ transprot }: { transprot: unknown }) => void transprot }),
    )
    expect(said).toContain("The processor send-activity asks for transprot; known are event,")
  })

  test("that a pure processor asks for an adapter [L8, L24]", async () => {
    const said = await refusal(aProcessor({ name: "count", run: ({ mail }: { mail: unknown }) => void mail }))
    expect(said).toContain("The processor count asks for the adapter mail, but is pure")
  })

  test("that a pure processor asks for the latest state", async () => {
    const said = await refusal(aProcessor({ name: "count", run: ({ latest }: { latest: unknown }) => void latest }))
    expect(said).toContain(
      "The processor count asks for latest, but is pure: only an effect may know more than the past",
    )
  })

  test("that a processor listens to what the schema does not know", async () => {
    const run = () => {}
    expect(await refusal(aProcessor({ on: ["Putt"], run }))).toContain(
      "The processor p listens to Putt, which is no event",
    )
    expect(await refusal(aProcessor({ on: [created("Thin")], run }))).toContain("created Thin, which is no entity")
    expect(await refusal(aProcessor({ on: [changed("Thing", "m")], run }))).toBe("")
    expect(await refusal(aProcessor({ on: [changed("Thing", "size")], run }))).toContain(
      "listens to changed Thing, but it has no attribute size",
    )
    expect(await refusal(aProcessor({ on: [], run }))).toContain("listens to nothing")
  })

  test("that two processors have one name; and all of this at once", async () => {
    const run = () => {}
    const said = await refusal(aProcessor({ run }), aProcessor({ run }), aProcessor({ name: "q", on: ["Putt"], run }))
    expect(said.split("\n- ")).toHaveLength(3)
    expect(said).toContain("There are two processors p")
  })
})

test("an effect is handed the adapters it asks for, and each thing that it names [A8]", async () => {
  const world = new World()
  const seen: unknown[] = []
  const effect = aProcessor({
    mode: "effect",
    run: ({ event, entity, key, attempt, mail: post }: Record<string, { id?: string; send?: () => string }>) => {
      seen.push([event!.id, entity, key, attempt, post!.send!()])
    },
  })
  const plain = aProcessor({
    name: "q",
    run: (attempt: unknown, event: { type: string }) => void seen.push([attempt, event.type]),
  })
  const { consumers } = await world.start([effect, plain], [], { adapters: { mail } })
  world.put("a", { n: 1 })
  await consumers.idle()
  const { id } = world.memory.transactions[0]!.events[0]!.event
  expect(seen).toHaveLength(2)
  expect(seen).toContainEqual([id, { n: 1 }, expect.stringMatching(/^[0-9a-f-]{36}$/), 1, "sent"])
  expect(seen).toContainEqual([1, "Put"])
})

test("a name of the functions' own may be said where it cannot be read [A9]", async () => {
  const world = new World()
  const seen: unknown[] = []
  const run = (...all: readonly unknown[]) => void seen.push(...all)
  const { consumers } = await world.start([aProcessor({ run, inject: ["attempt", "entity"] })])
  world.put("a", { n: 1 })
  await consumers.idle()
  expect(seen).toEqual([1, { n: 1 }])
})

test("the entity is what it was at the event, read from the log or reported [X9]", async () => {
  const world = new World()
  const seen: unknown[] = []
  const run = ({ entity }: { entity: unknown }) => void seen.push(entity)
  world.put("a", { n: 1 })
  const { consumers } = await world.start([aProcessor({ run })])
  await consumers.idle()
  world.put("a", { n: 2 })
  world.put("a", null)
  await consumers.idle()
  expect(seen).toEqual([{ n: 1 }, { n: 2 }, null])
})

test("the entity is handed over as its state: with a list where there may be many values, and has none", async () => {
  const world = new World()
  const seen: unknown[] = []
  const { consumers } = await world.start([
    aProcessor({ run: ({ entity }: { entity: unknown }) => void seen.push(entity) }),
  ])
  world.put("a", {}, { entity: "Tagged" })
  world.put("a", { tags: ["new"] }, { entity: "Tagged" })
  world.put("a", null, { entity: "Tagged" })
  await consumers.idle()
  expect(seen).toEqual([{ tags: [] }, { tags: ["new"] }, null])
})

test("an effect that is tried again can ask whether it is still wanted: what an entity is by then [L19]", async () => {
  const world = new World()
  const seen: unknown[] = []
  type Needs = { entity: unknown; attempt: number; latest: (id: string) => Promise<{ document: unknown } | null> }
  const effect = aProcessor({
    mode: "effect",
    async run({ entity, attempt, latest }: Needs) {
      seen.push([entity, (await latest("a"))?.document, await latest("b")])
      if (attempt === 1) throw new Error("the line is busy")
    },
  })
  const { consumers } = await world.start([effect])
  world.put("a", { n: 1 })
  await consumers.idle()
  world.put("a", { n: 2 }, { type: "Noted" })
  await world.clock.advance(10_000)
  await consumers.idle()
  expect(seen).toEqual([
    [{ n: 1 }, { n: 1 }, null],
    [{ n: 1 }, { n: 2 }, null],
  ])
})

describe("a processor that is new", () => {
  test.each([
    ["beginning", ["a", "b", "c"]],
    ["now", ["c"]],
  ] as const)("begins with the %s", async (from, expected) => {
    const world = new World()
    world.put("a", { n: 1 })
    world.put("b", { n: 1 })
    const seen: string[] = []
    const processor = aProcessor({
      from,
      run: ({ event }: { event: { stream: { id: string } } }) => void seen.push(event.stream.id),
    })
    const first = await world.start([processor])
    await world.clock.idle()
    world.put("c", { n: 1 })
    await first.consumers.idle()
    expect(seen).toEqual(expected)
  })

  test("and begins now, stays there when the process ends before it has done anything", async () => {
    const world = new World()
    world.put("a", { n: 1 })
    const seen: string[] = []
    const run = ({ event }: { event: { stream: { id: string } } }) => void seen.push(event.stream.id)
    const first = await world.start([aProcessor({ from: "now", run })])
    first.kill()
    world.put("b", { n: 1 })
    const second = await world.start([aProcessor({ from: "now", run })])
    await second.consumers.idle()
    expect(seen).toEqual(["b"])
  })
})

describe("notifications", () => {
  type Heard = { notification: { kind: string; entity: string; attributes: readonly string[] } | null }

  async function heard(on: Processor["on"], work: (world: World) => void): Promise<readonly unknown[]> {
    const world = new World()
    const seen: unknown[] = []
    const run = ({ notification: n }: Heard) =>
      void seen.push(n === null ? null : [n.kind, n.entity, [...n.attributes].sort(byText)])
    const { consumers } = await world.start([aProcessor({ on, run })])
    work(world)
    await consumers.idle()
    return seen
  }

  test("come for entities of a type that are created, changed or retracted, with what differs [L9, L11, L12]", async () => {
    const on = (["created", "changed", "retracted"] as const).map(kind => ({ kind, type: "Thing" }))
    const seen = await heard(on, world => {
      world.put("a", { n: 1, m: 2 })
      world.put("a", { n: 2, m: 2 })
      world.put("b", { n: 1 }, { entity: "Sms" })
      world.put("a", null)
    })
    expect(seen).toEqual([
      ["created", "a", ["m", "n"]],
      ["changed", "a", ["n"]],
      ["retracted", "a", ["m", "n"]],
    ])
  })

  test("of an abstract come for each of its variants [L12]", async () => {
    const seen = await heard([created("Message")], world => {
      world.put("a", { n: 1 })
      world.put("b", { n: 1 }, { entity: "Sms" })
      world.put("c", { n: 1 }, { entity: "Letter" })
    })
    expect(seen).toEqual([
      ["created", "b", ["n"]],
      ["created", "c", ["n"]],
    ])
  })

  test("of one attribute come only where that differs, whether it is named short or in full [L12]", async () => {
    const work = (world: World) => {
      world.put("a", { n: 1, m: 1 })
      world.put("a", { n: 1, m: 2 })
      world.put("a", { n: 2, m: 2 })
    }
    expect(await heard([changed("Thing", "n")], work)).toEqual([["changed", "a", ["n"]]])
    expect(await heard([changed("Thing", "Thing/m")], work)).toEqual([["changed", "a", ["m"]]])
  })

  test("can be made again from the log, with the same ids and the same content [X3, L9]", async () => {
    const world = new World()
    const told: unknown[] = []
    const on = (["created", "changed", "retracted"] as const).map(kind => ({ kind, type: "Thing" }))
    const { consumers } = await world.start([
      aProcessor({ on, run: ({ notification }: Heard) => void told.push(notification) }),
    ])
    for (const n of [1, 2, 3]) world.put("a", { n })
    world.put("a", null)
    await consumers.idle()
    const parts = { ids: seededIds(99), entities: world.store.entities }
    const logged = world.memory.transactions.flatMap(({ events }) => events)
    const again = await Promise.all(logged.map(({ event, kind }) => notificationOf(event, kind!, parts)))
    expect(again).toEqual(told)
    expect(new Set(again.map(({ id }) => id)).size).toBe(4)
  })

  test("and events come once, when a processor listens to both", async () => {
    const seen = await heard([created("Thing"), "Put"], world => {
      world.put("a", { n: 1 })
      world.put("a", { n: 2 })
    })
    expect(seen).toEqual([["created", "a", ["n"]], null])
  })
})
