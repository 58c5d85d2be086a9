import { onTestFinished, expect, test } from "vitest"
import { systemClock } from "../../../src/adapters/node/clock.ts"
import { daybook as define } from "../../../src/app/define.ts"
import { openDaybook } from "../../../src/app/open.ts"
import { mapperOf } from "../../../src/cli/import/mapping.ts"
import { Position } from "../../../src/cli/import/resume.ts"
import { Run } from "../../../src/cli/import/runner.ts"
import { Summary } from "../../../src/cli/import/summary.ts"
import { historyOf } from "../../../src/kernel/history.ts"
import type { RecordedEvent } from "../../../src/kernel/message.ts"
import type { Processor } from "../../../src/kernel/processor.ts"
import { simulatedClock } from "../../../src/testing/clock.ts"
import { seededIds } from "../../../src/testing/ids.ts"
import { emptyMemory, memoryStore, type Memory } from "../../../src/testing/memory-store.ts"
import { fileOf, line } from "./lines.ts"

const processor = (name: string, mode: Processor["mode"], on: readonly string[], run: unknown): Processor => ({
  kind: "processor",
  name,
  mode,
  on,
  from: "beginning",
  run: run as Processor["run"],
})

const changing = (id: string, rings: number) => ({
  type: "Transact",
  target: null,
  data: { ops: [{ entity: "Door", id, set: { rings } }] },
})

/** An app that answers each change of a door with a change of its bell, and rings for both, outside. */
function houseOn(memory: Memory, sent: string[]) {
  const ids = seededIds("house")
  const app = define({
    schema: {
      daybook: 1,
      name: "house",
      version: 1,
      entities: { Door: { attributes: { rings: { type: "integer" } } } },
    },
    processors: [
      processor("bells", "pure", ["EntityCreated"], ({ event: { stream } }: { event: RecordedEvent }) =>
        stream.id.startsWith("bell") ? null : changing(`bell-${stream.id}`, 1),
      ),
      processor("ring", "effect", ["EntityCreated"], ({ event }: { event: RecordedEvent }) => {
        sent.push(event.stream.id)
      }),
    ],
  })
  const store = memoryStore({ memory, clock: simulatedClock() })
  const open = async () => {
    const daybook = await openDaybook(app, { store, clock: systemClock(), ids })
    onTestFinished(() => daybook.close())
    return daybook
  }
  const take = async (daybook: Awaited<ReturnType<typeof open>>, log: string, effects: boolean) => {
    const map = mapperOf(
      () =>
        ({ caseId }) => ({ ...changing(caseId, 1), occurredAt: "2011-10-01T00:38:44Z" }),
      log,
      ids,
    )
    const parts = { log, daybook, store, map, again: false, effects, summary: new Summary("row") }
    const position = await Position.of(log, store)
    await Run.over(fileOf([line(1, log, "x")]), { ...parts, position, stop: new AbortController().signal })
    await daybook.drain()
  }
  return { open, take }
}

test("no effect runs for what a log tells, nor for what follows from it: not then, and not later [N40 N43]", async () => {
  const [memory, sent] = [emptyMemory(), [] as string[]]
  const { open, take } = houseOn(memory, sent)
  const daybook = await open()
  await take(daybook, "past", false)
  const { events } = await daybook.events(0, { limit: 10 })
  expect(events.map(({ event }) => [event.stream.id, event.correlationId])).toEqual([
    ["past", "import:past"],
    ["bell-past", "import:past"],
  ])
  await daybook.request({ ...changing("today", 1), id: "c1", occurredAt: "2011-10-01T00:00:00Z" }, { actor: "system" })
  await daybook.drain()
  expect(sent.toSorted()).toEqual(["bell-today", "today"])
  await daybook.close()

  // A process that knows nothing of the import, and has to read it from the log.
  memory.reached.delete("processor:ring")
  sent.length = 0
  await (await open()).drain()
  expect(sent.toSorted()).toEqual(["bell-today", "today"])
})

test("with --effects a log is told as if it happened now [N40]", async () => {
  const sent: string[] = []
  const { open, take } = houseOn(emptyMemory(), sent)
  await take(await open(), "now", true)
  expect(sent.toSorted()).toEqual(["bell-now", "now"])
})

test("nobody escapes an effect by the id of a command [N40]", async () => {
  const sent: string[] = []
  const { open } = houseOn(emptyMemory(), sent)
  const daybook = await open()
  await daybook.request({ ...changing("sly", 1), id: historyOf("past") }, { actor: "system" })
  await daybook.drain()
  expect(sent.toSorted()).toEqual(["bell-sly", "sly"])
})
