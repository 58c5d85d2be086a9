import { expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import type { Document } from "../../src/kernel/entity.ts"
import { event } from "../../src/kernel/message.ts"
import { changed, created, type Processor } from "../../src/kernel/processor.ts"
import type { Projection } from "../../src/kernel/projection.ts"
import { aggregate, bankApp, handler } from "../commands/bank.ts"
import { World } from "../commands/world.ts"

const processor = (name: string, on: Processor["on"], produces: readonly string[] = []): Processor => ({
  kind: "processor",
  name,
  on,
  mode: "pure",
  run: () => [],
  from: "now",
  produces,
})
const tally: Projection = {
  kind: "projection",
  name: "tally",
  version: 1,
  on: { Deposited: [{ keys: () => "all", fold: () => ({ n: 1 }) }] },
}

const catalogueOf = async (processors: readonly Processor[], projections: readonly Projection[] = []) => {
  const { handlers, aggregates, adapters, schema } = bankApp()
  const world = await World.on("memory", daybook({ schema, handlers, aggregates, adapters, processors, projections }))
  const { commands, events } = world.daybook.catalogue()
  return {
    command: (type: string) => commands.find(c => c.type === type),
    event: (type: string) => events.find(e => e.type === type),
    commands,
    events,
  }
}

test("the catalogue says of each command who handles it and who asks for it [N17 A7]", async () => {
  const { command, commands } = await catalogueOf([processor("saver", ["Withdrawn"], ["Deposit"])])
  expect(command("Deposit")).toEqual({
    type: "Deposit",
    target: "Account",
    handledBy: "aggregate Account",
    producedBy: ["the edge", "processor saver"],
  })
  expect(command("Pay")).toMatchObject({ handledBy: "handler", producedBy: ["the edge"] })
  expect(command("Transact")).toMatchObject({ target: null, handledBy: "built in" })
  expect(commands).toHaveLength(14)
})

test("the catalogue says of each event who produces and who consumes it [N17 N16]", async () => {
  const { event: of } = await catalogueOf(
    [
      processor("one", ["Deposited"]),
      processor("made", [created("Account")]),
      processor("renamed", [changed("Account", "owner")]),
    ],
    [tally],
  )
  expect(of("Deposited")).toMatchObject({ stream: "Account", version: 1, rejection: false })
  expect(of("Deposited")?.consumedBy).toEqual([
    "aggregate Account",
    "processor one",
    "processor made",
    "processor renamed",
    "projection tally",
  ])
  expect(of("Deposited")?.producedBy).toContain("Deposit")
  expect(of("Deposited")?.producedBy).not.toContain("Pay")
  expect(of("Overdrawn")).toMatchObject({ rejection: true, consumedBy: [] })
  expect(of("EntityCreated")).toMatchObject({ stream: null, producedBy: ["Transact"], consumedBy: ["processor made"] })
  expect(of("EntityRetracted")?.consumedBy).toEqual([])
})

test("taking a consumer away changes what is said of what it heard, and nothing else [N17]", async () => {
  const [both, one] = [
    await catalogueOf([processor("one", ["Deposited"]), processor("two", ["Withdrawn"])]),
    await catalogueOf([processor("two", ["Withdrawn"])]),
  ]
  const differing = both.events.filter(e => JSON.stringify(e) !== JSON.stringify(one.event(e.type)))
  expect(differing.map(e => e.type)).toEqual(["Deposited"])
})

test("a command of an abstract is handled by the aggregates of its variants [N17 A7]", async () => {
  const decided = { decide: { Grow: () => event("Grown", {}) }, evolve: { Grown: (state: Document) => state } }
  const app = daybook({
    schema: {
      daybook: 1,
      name: "shapes",
      version: 1,
      entities: {
        Shape: { abstract: { attributes: {} }, variants: { Round: { attributes: {} }, Square: { attributes: {} } } },
      },
      commands: { Grow: { target: "Shape" }, Roll: { target: "Round" } },
      events: { Grown: { stream: "Shape" } },
    },
    aggregates: [aggregate("Round", decided), aggregate("Square", decided)],
    handlers: [handler("Roll", () => null)],
  })
  const world = await World.on("memory", app)
  const { commands, events, entities } = world.daybook.catalogue()
  expect(entities).toMatchObject([
    { type: "Round", abstract: "Shape" },
    { type: "Square", abstract: "Shape" },
  ])
  expect(commands.find(c => c.type === "Grow")?.handledBy).toBe("aggregate Round, aggregate Square")
  expect(events.find(e => e.type === "Grown")?.producedBy).toEqual(["Grow", "Roll"])
})
