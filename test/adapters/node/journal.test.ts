import { expect, test } from "vitest"
import { systemJournal } from "../../../src/adapters/node/journal.ts"

function written(options: Parameters<typeof systemJournal>[0] = {}) {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>)
  return { lines, journal: systemJournal({ ...options, write }) }
}

test("each thing that happened is one line of JSON with a level, an instant, a sentence and the facts", () => {
  const { lines, journal } = written()
  journal.info("The store is open", { place: "data/daybook.db", bytes: 4096 })
  journal.warn("A delivery is dead", { id: "mail:3:0" })
  expect(lines).toEqual([
    {
      level: "info",
      time: expect.any(String),
      msg: "The store is open",
      facts: { place: "data/daybook.db", bytes: 4096 },
    },
    { level: "warn", time: expect.any(String), msg: "A delivery is dead", facts: { id: "mail:3:0" } },
  ])
  expect(new Date(String(lines[0]!["time"])).toISOString()).toBe(lines[0]!["time"])
})

test("facts cannot take the place of the sentence, the level or the instant", () => {
  const { lines, journal } = written()
  journal.error("It is broken", { msg: "fine", level: "info", time: 0 })
  expect(lines[0]).toMatchObject({
    level: "error",
    msg: "It is broken",
    facts: { msg: "fine", level: "info", time: 0 },
  })
})

test("an error among the facts says its message and where it came from", () => {
  const { lines, journal } = written()
  journal.error("It is broken", { error: new TypeError("no such thing", { cause: new Error("the disk") }) })
  expect(lines[0]!["facts"]).toMatchObject({
    error: {
      name: "TypeError",
      message: "no such thing",
      stack: expect.stringContaining("journal.test"),
      cause: { message: "the disk" },
    },
  })
})

test("lines below the level are not written", () => {
  const { lines, journal } = written({ level: "error" })
  journal.info("small")
  journal.warn("medium")
  journal.error("large")
  expect(lines.map(line => line["msg"])).toEqual(["large"])
})
