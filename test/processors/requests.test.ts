import { describe, expect, test } from "vitest"
import { limits } from "../../src/kernel/limits.ts"
import type { Command, Outcome } from "../../src/kernel/message.ts"
import { Refusal } from "../../src/kernel/refusal.ts"
import { askAll, commandsOf, requestsOf, stagesOf } from "../../src/processors/requests.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { note, World } from "./world.ts"

const world = new World()
world.put("cause", { n: 1 })
const { event } = world.memory.transactions[0]!.events[0]!
const ids = seededIds()
const done = (id: string): Outcome => ({ id, state: "succeeded", t: 1, events: [] })

const command = (id: string, target: string | null): Command => {
  return { id, type: "Note", target: target === null ? null : { type: "Thing", id: target }, data: {} }
}

test.each([
  [undefined, 0],
  [null, 0],
  [[], 0],
  [note("a", "x"), 1],
  [[note("a", "x"), note("b", "y")], 2],
])("a processor may return none, one or many commands: %j [A4, L21]", (reaction, count) => {
  expect(requestsOf(reaction, "p")).toHaveLength(count)
})

test.each([["text"], [7], [[{ type: "Note" }]], [[undefined]], [{ target: null, data: {} }]])(
  "what is no command is a mistake of the processor: %j [L25]",
  reaction => {
    expect(() => requestsOf(reaction, "p")).toThrow(TypeError)
  },
)

test("the ids of commands follow from the event, the processor and their place, and nothing else [L18, N54]", () => {
  const requests = [note("a", "x"), { ...note("a", "x"), occurredAt: "2029-01-01T00:00:00.000Z" }]
  const first = commandsOf(requests, event, "p", ids)
  expect(first.map(c => c.id)).toEqual([ids.of(event.id, "p:0"), ids.of(event.id, "p:1")])
  expect(commandsOf(requests, event, "p", seededIds(99))).toEqual(first)
  expect(first[1]!.occurredAt).toBe("2029-01-01T00:00:00.000Z")
  expect("occurredAt" in first[0]!).toBe(false)
})

describe("commands of one delivery", () => {
  test("about one entity follow each other, those about others go beside them [TR6]", () => {
    const ids = stagesOf([command("1", "a"), command("2", "b"), command("3", "a")])
    expect(ids.map(stage => stage.map(chain => chain.map(c => c.id)))).toEqual([[["1", "3"], ["2"]]])
  })

  test("without a target wait for all before them, and all behind wait for them", () => {
    const stages = stagesOf([command("1", "a"), command("2", null), command("3", null), command("4", "a")])
    expect(stages.map(stage => stage.map(chain => chain.map(c => c.id)))).toEqual([[["1"]], [["2"]], [["3"]], [["4"]]])
  })

  test("are asked for so many at once and not more", () => {
    const many = Array.from({ length: limits.batchUnitsMax + 1 }, (_, i) => command(`${i}`, `thing-${i}`))
    expect(stagesOf(many).map(stage => stage.length)).toEqual([limits.batchUnitsMax, 1])
  })

  test("are asked for by the system, in the conversation of the event, as children of its command [L3, L4]", async () => {
    const askers: unknown[] = []
    await askAll([command("1", "a")], event, async (c, asker) => {
      askers.push(asker)
      return done(c.id)
    })
    expect(askers).toEqual([{ actor: "system", correlationId: event.correlationId, parent: event.causedBy.id }])
  })

  test("stop behind one that is refused, within its entity only [TR6]", async () => {
    const asked: string[] = []
    const asking = askAll([command("1", "a"), command("2", "a"), command("3", "b")], event, async c => {
      asked.push(c.id)
      if (c.id === "1") throw new Refusal("unavailable", "Later")
      return done(c.id)
    })
    await expect(asking).rejects.toMatchObject({ code: "unavailable" })
    expect(asked).toEqual(["1", "3"])
  })

  test("fail by the refusal that settles most: a bug before what may pass [CP8]", async () => {
    const asking = askAll([command("1", "a"), command("2", "b")], event, async c => {
      throw new Refusal(c.id === "1" ? "unavailable" : "invalid", "No")
    })
    await expect(asking).rejects.toMatchObject({ code: "invalid" })
  })

  test("that were done before in other words stay as they were done [TR4]", async () => {
    const asked: string[] = []
    await askAll([command("1", "a"), command("2", "a")], event, async c => {
      asked.push(c.id)
      if (c.id === "1") throw new Refusal("duplicate-conflict", "Other content")
      return done(c.id)
    })
    expect(asked).toEqual(["1", "2"])
  })
})
