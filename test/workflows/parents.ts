import { daybook } from "../../src/app/define.ts"
import { done, step } from "../../src/kernel/workflow.ts"
import { child, heard, workflow } from "./machine.ts"

const data = { type: "object" }

/**
 * A parent with fifty children that wait until each is told to go, and which hears of their ends one by one. `inside` is
 * called with what takes a moment, in a step of the parent that hears of a child.
 */
export function parentsApp(inside: (id: string) => Promise<void>) {
  const part = workflow({ type: "Part", start: () => step({}).wait("go"), on: { go: heard("Go", () => done()) } })
  const parent = workflow({
    type: "Parent",
    start: () =>
      step({ got: [] as string[] }).spawn(
        "parts",
        Array.from({ length: 50 }, () => ({ type: "Part", target: null, data: {} })),
      ),
    on: {
      parts: child(async ({ data: known, outcome, pending }) => {
        await inside(outcome!.id)
        const got = [...(known["got"] as string[]), outcome!.id]
        return pending === 0 ? done(got) : step({ got })
      }),
    },
  })
  return daybook({
    schema: {
      daybook: 1,
      name: "shared",
      version: 1,
      entities: { Thing: { attributes: { name: { type: "string" } } } },
      commands: { Parent: { target: null, data }, Part: { target: null, data } },
      events: { Go: { stream: "Outside", requires: "edit", data } },
    },
    workflows: [parent, part],
  })
}
