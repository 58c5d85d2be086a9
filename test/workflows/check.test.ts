import { expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { step, type Workflow } from "../../src/kernel/workflow.ts"
import { testApp } from "../../src/testing/app.ts"
import { child, heard, timed, workflow } from "./machine.ts"

const data = { type: "object" }
const open = (...workflows: readonly Workflow[]) =>
  testApp(
    daybook({
      schema: {
        daybook: 1,
        name: "checked",
        version: 1,
        entities: { Thing: { attributes: { name: { type: "string" } } } },
        commands: { Work: { target: null, data } },
        events: {
          Told: { stream: "Outside", requires: "edit", data },
          Heard: { stream: "Outside", requires: "edit", data },
        },
      },
      workflows,
    }),
  )
const start = () => step({})
const nothing = timed(() => step({}))
const work = (more: Partial<Workflow>) => workflow({ type: "Work", start, ...more })

const refused: readonly (readonly [string, readonly Workflow[], RegExp])[] = [
  [
    "of an unknown command",
    [work({}), workflow({ type: "Play", start })],
    /workflow Play, but the schema knows no such command; known are .*Work/,
  ],
  ["that there are two of", [work({}), work({})], /two workflows Work|handled twice/],
  [
    "that hears an unknown event",
    [work({ on: { it: heard("Tald", start) } })],
    /to Tald, but the schema knows no such event; known are .*Told, Heard/,
  ],
  [
    "that an unknown event starts",
    [work({ startedBy: { Tald: () => null } })],
    /started by Tald, but .*; known are .*Told, Heard/,
  ],
  ["of no version", [work({ version: 0 })], /has version 0: that is a whole number from 1 on/],
  ["of half a version", [work({ version: 1.5 })], /has version 1.5/],
  [
    "of which none may be under way",
    [work({ limit: { running: 0, key: null, priority: null } })],
    /lets 0 run at a time/,
  ],
  [
    "that says which child is its own",
    [work({ on: { it: child(start, { match: () => ({}) }) } })],
    /reacts as it to no event, but says which/,
  ],
  [
    "that says how many timers are enough",
    [work({ on: { it: { ...nothing, enough: () => true } } })],
    /to a timer, but says how many/,
  ],
  [
    "with a name that is taken",
    [work({ on: { "until:it": nothing, "retry:it": nothing } })],
    /until:it: names that begin like that are taken/,
  ],
]

test.each(refused)(
  "a workflow %s is refused when the app starts, with what is known",
  async (_, workflows, sentence) => {
    await expect(open(...workflows)).rejects.toThrow(sentence)
  },
)

test("everything that is wrong with workflows is told at once", async () => {
  const broken = work({ version: 0, on: { it: heard("Tald", start) }, startedBy: { Never: () => null } })
  const told = await open(broken).catch((error: unknown) => String(error))
  expect(told).toMatch(/version 0[\s\S]*Tald[\s\S]*Never/)
})
