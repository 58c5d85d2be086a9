import { appendFileSync } from "node:fs"
import { setTimeout as pause } from "node:timers/promises"
import { daybook } from "../../src/app/define.ts"
import { done, step } from "../../src/kernel/workflow.ts"
import { heard, workflow } from "../workflows/machine.ts"

const data = { type: "object" }
const log = process.env["DAYBOOK_TURNS_LOG"]
const note = (what: string, id: unknown) => {
  if (log !== undefined) appendFileSync(log, `${what} ${process.pid} ${String(id)}\n`)
}

/** Hears what it is told, one after the other, and tells a file in which process that was. Some of it takes a while. */
const listener = workflow({
  type: "Listener",
  start: () => step({ got: [] as string[] }).wait("it", {}, { mode: "each" }),
  on: {
    it: heard("Told", async ({ data: known, event }) => {
      const { word = "", ms = 0, last = false } = event!.data
      note("begin", word)
      if (Number(ms) > 0) await pause(Number(ms))
      note("end", word)
      const got = [...(known["got"] as string[]), word as string]
      return last === true ? done(got) : step({ got })
    }),
  },
})

export default daybook({
  schema: {
    daybook: 1,
    name: "turns",
    version: 1,
    entities: { Thing: { attributes: { name: { type: "string" } } } },
    commands: { Listener: { target: null, data } },
    events: { Told: { stream: "Outside", requires: "edit", data } },
  },
  workflows: [listener],
})
