import { expect, test } from "vitest"
import { fit } from "../../src/app/fit.ts"
import { daybook, type AppDefinition } from "../../src/app/define.ts"
import { openDaybook } from "../../src/app/open.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { compileSchema } from "../../src/schema/compile.ts"
import { parseSchema } from "../../src/schema/parse.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { memoryStore } from "../../src/testing/memory-store.ts"
import { aggregate, handler } from "./bank.ts"
import { refusalOf, World } from "./world.ts"
import { event } from "../../src/kernel/message.ts"

const entity = { attributes: { n: { type: "integer" } } }
const schema = {
  daybook: 1,
  name: "fit",
  version: 1,
  entities: {
    Thing: entity,
    Other: entity,
    Shape: { abstract: entity, variants: { Round: { attributes: {} }, Square: { attributes: {} } } },
  },
  commands: { Make: { target: "Thing" }, Grow: { target: "Shape" } },
  events: { Made: { stream: "Thing" }, Refused: { stream: "Thing", rejection: true }, Grown: { stream: "Shape" } },
}
const thing = aggregate("Thing", { decide: { Make: () => event("Made", {}) }, evolve: { Made: state => state } })
const shape = aggregate("Shape", { decide: { Grow: () => event("Grown", {}) }, evolve: { Grown: state => state } })

function problems(definition: Partial<AppDefinition>, adapters: Record<string, unknown> = {}): readonly string[] {
  const app = daybook({ schema, aggregates: [thing, shape], adapters, ...definition })
  try {
    fit(app, compileSchema(parseSchema(app.schema)), app.adapters)
    return []
  } catch (error) {
    return (error as Error).message.split("\n- ").slice(1)
  }
}

test("parts that fit together have nothing to say for themselves", () => {
  expect(problems({})).toEqual([])
})

test.each<[string, Partial<AppDefinition>, readonly string[]]>([
  ["a command that nothing handles", { aggregates: [shape] }, ["Nothing handles the command Make"]],
  [
    "a command that is handled twice",
    { handlers: [handler("Make", () => null)] },
    ["The command Make is handled twice"],
  ],
  [
    "a second handler",
    { aggregates: [shape], handlers: [handler("Make", () => null), handler("Make", () => null)] },
    ["The command Make is handled twice"],
  ],
  [
    "a second aggregate",
    { aggregates: [thing, shape, thing] },
    ["There are two aggregates Thing", "The command Make is handled twice"],
  ],
  [
    "an aggregate of nothing",
    { aggregates: [thing, shape, aggregate("Ghost", { decide: {}, evolve: {} })] },
    ["There is an aggregate Ghost, but the schema knows no such entity"],
  ],
  [
    "a command that there is none of",
    { aggregates: [thing, shape, aggregate("Other", { decide: { Fly: () => [] }, evolve: {} })] },
    ["The aggregate Other decides Fly, but the schema knows no such command"],
  ],
  [
    "a command of another entity",
    { aggregates: [shape, thing, aggregate("Other", { decide: { Make: () => [] }, evolve: {} })] },
    ["The aggregate Other decides Make, but its target is Thing"],
  ],
  [
    "an event that there is none of",
    { aggregates: [thing, shape, aggregate("Other", { decide: {}, evolve: { Flown: () => null } })] },
    ["The aggregate Other evolves by Flown, but the schema knows no such event"],
  ],
  [
    "an event of another entity",
    { aggregates: [thing, shape, aggregate("Other", { decide: {}, evolve: { Made: () => null } })] },
    ["The aggregate Other evolves by Made, but that is an event of Thing"],
  ],
  [
    "an event whose meaning is not said",
    { aggregates: [shape, { ...thing, evolve: {} }] },
    ["The aggregate Thing does not say what Made means for it"],
  ],
  [
    "a handler of nothing",
    { handlers: [handler("Fly", () => null)] },
    ["There is a handler for Fly, but the schema knows no such command"],
  ],
  [
    "a handler that asks for what nobody provides",
    { aggregates: [shape], handlers: [{ kind: "handler", type: "Make", run: ((mailer: never) => mailer) as never }] },
    [
      "The handler of Make asks for mailer; known are command, data, uow, now, key, signal; an adapter is given in daybook({ adapters: { mailer } })",
      "Nothing handles the command Make",
    ],
  ],
  [
    "a variant that nobody decides for",
    { aggregates: [thing, { ...shape, type: "Round" }] },
    ["Nothing handles the command Grow on a Square"],
  ],
  [
    "an upcaster of nothing, and one too many",
    {
      upcasters: [
        { kind: "upcaster", event: "Flown", from: 1, up: d => d },
        { kind: "upcaster", event: "Made", from: 1, up: d => d },
      ],
    },
    [
      "There is an upcaster for Flown, but the schema knows no such event",
      "There is an upcaster for version 1 of Made, which is at 1",
    ],
  ],
])("at the start is said: %s [A7 A9 X11]", (_what, definition, expected) => {
  expect(problems(definition)).toEqual(expected)
})

test("an adapter may not have the name of what a handler asks for otherwise [A8]", () => {
  expect(problems({}, { data: 1, mail: 2 })).toEqual([
    "There is an adapter data, but that is what handlers ask for something else by",
  ])
})

test("everything that does not fit is said at once, by what opens the app, and nothing has run [A9 A41]", async () => {
  const app = daybook({
    schema: { ...schema, events: { ...schema.events, Made: { stream: "Thing", version: 3 } } },
    aggregates: [shape],
    handlers: [handler("Fly", () => null)],
    processors: [{ kind: "processor", name: "p", on: ["Nothing"], mode: "pure", run: () => [], from: "now" }],
  })
  const store = memoryStore()
  const opening = openDaybook(app, { store, clock: simulatedClock(), ids: seededIds() })
  await expect(opening).rejects.toThrow(
    [
      "The application does not fit together:",
      "There is a handler for Fly, but the schema knows no such command",
      "Nothing handles the command Make",
      "Made is at version 3, but no upcaster carries version 1 to 2",
      "Made is at version 3, but no upcaster carries version 2 to 3",
      "The processor p listens to Nothing, which is no event",
    ].join("\n- "),
  )
  expect(await store.maintenance.schemas()).toEqual([])
})

test("a schema with faults is refused with the place of each [A9]", async () => {
  const app = daybook({ schema: { ...schema, version: 0, commands: { Make: { target: "Nobody" } } } })
  const parts = { store: memoryStore(), clock: simulatedClock(), ids: seededIds() }
  const refusal = await refusalOf(openDaybook(app, parts))
  expect(refusal).toBeInstanceOf(Refusal)
  expect(refusal.faults.map(f => f.path)).toEqual(["/version", "/commands/Make/target"])
})

test("each variant of an abstract may decide its commands in its own way [A7]", async () => {
  const variant = (type: string, n: number) =>
    aggregate(type, {
      decide: { Grow: () => event("Grown", {}) },
      evolve: { Grown: (state: { n?: number }) => ({ ...state, n: (state.n ?? 0) + n }) },
    })
  const world = await World.on(
    "memory",
    daybook({ schema, aggregates: [thing, variant("Round", 1), variant("Square", 10)] }),
  )
  for (const type of ["Round", "Square", "Square"]) await world.ask("Grow", { type, id: type }, {}, { as: "system" })
  expect([await world.document("Round"), await world.document("Square")]).toEqual([{ n: 1 }, { n: 20 }])
})

test("an aggregate of an abstract decides for all its variants [A7]", async () => {
  const world = await World.on("memory", daybook({ schema, aggregates: [thing, shape] }))
  expect((await world.ask("Grow", { type: "Round", id: "r" }, {}, { as: "system" })).events[0]?.stream.type).toBe(
    "Round",
  )
})

test("a handler may name an entity by its abstract, and a new one by its own type", async () => {
  const seen: unknown[] = []
  const make = handler("Make", async ({ uow }) => {
    await uow.decide("Round", "r", { type: "Grow", data: {} })
    await uow.decide("Shape", "r", { type: "Grow", data: {} })
    seen.push(await uow.state("Shape", "r"), await uow.state("Square", "r"))
    await uow.decide("Shape", "new", { type: "Grow", data: {} })
  })
  const things = aggregate("Thing", { decide: {}, evolve: thing.evolve })
  const world = await World.on("memory", daybook({ schema, aggregates: [things, shape], handlers: [make] }))
  const outcome = await world.ask("Make", { type: "Thing", id: "t" }, {}, { as: "system" })
  expect(seen).toEqual([{}, null])
  expect(outcome).toMatchObject({
    state: "failed",
    error: { errors: [{ path: "/target/type", code: "unknown-type" }] },
  })
})

test("a schema alone is a whole working app [L7 A36]", async () => {
  const { commands: _c, events: _e, ...alone } = schema
  const world = await World.on("memory", daybook({ schema: alone }))
  expect((await world.transact([{ entity: "Thing", id: "t", set: { n: 1 } }], { as: "system" })).state).toBe(
    "succeeded",
  )
})
