import { expect, test } from "vitest"
import { adriftOf, adriftSentence } from "../../src/app/adrift.ts"
import { daybook } from "../../src/app/define.ts"
import { openDaybook } from "../../src/app/open.ts"
import { in_ } from "../../src/kernel/moments.ts"
import { done, step, type Workflow } from "../../src/kernel/workflow.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { beginLife } from "../../src/testing/life.ts"
import { testStore } from "../../src/testing/test-store.ts"
import { child, heard, timed, workflow } from "./machine.ts"

const data = { type: "object" }
const work = (version: number, more: Partial<Workflow> = {}) =>
  workflow({
    type: "Work",
    version,
    start: () =>
      step({ v: version })
        .spawn("part", { type: "Part", target: null, data: {} })
        .timer("later", in_("1 hour"))
        .wait("it"),
    on: {
      part: child(({ data: known }) => step({ ...known, part: true })),
      later: timed(({ data: known }) => step({ ...known, later: true })),
      it: heard("Told", ({ data: known }) => done({ ...known, by: version })),
    },
    ...more,
  })
const part = workflow({
  type: "Part",
  start: () => step({}).timer("over", in_("30 minutes")),
  on: { over: timed(() => done()) },
})
// It hears what the other one hears, so that the events are there to be heard.
const other = workflow({ type: "Other", start: () => step({}).wait("it"), on: { it: heard("Told", () => done()) } })

const appOf = (workflows: readonly Workflow[], version = 1) =>
  daybook({
    schema: {
      daybook: 1,
      name: "versions",
      version,
      entities: { Thing: { attributes: { name: { type: "string" } } } },
      commands: Object.fromEntries(workflows.map(({ type }) => [type, { target: null, data }])),
      events: { Told: { stream: "Outside", requires: "edit", data } },
    },
    workflows,
  })

async function town() {
  const clock = simulatedClock()
  const store = await testStore(clock)
  let end = () => {}
  const deploy = async (workflows: readonly Workflow[], version = 1) => {
    end()
    const life = beginLife(clock, store, {})
    end = () => life.end()
    return openDaybook(appOf(workflows, version), { ids: seededIds(version), ...life.parts })
  }
  const tell = { id: "tell", type: "ReceiveEvent", target: null, data: { type: "Told", data: {} } }
  return { clock, store, deploy, tell }
}
const asker = { actor: "system" }

test("an instance whose version is gone is listed before a deploy, and is stuck after it, with all that came", async () => {
  const { clock, store, deploy, tell } = await town()
  const first = await deploy([work(1), part, other])
  for (const id of ["w1", "w2"]) await first.request({ id, type: "Work", target: null, data: {} }, asker)
  await clock.idle()
  const kept = [work(1), part, other]
  expect(await adriftOf(kept, store)).toEqual([])
  expect(await adriftOf([work(2, { upgrade: known => known }), part], store)).toEqual([])
  const [found, ...rest] = await adriftOf([work(2), part, other], store)
  expect([found, rest]).toMatchObject([{ workflow: "Work", version: 1, has: 2, count: 2 }, []])
  expect(new Set(found?.ids)).toEqual(new Set(["w1", "w2"]))
  expect(adriftSentence(found!)).toMatch(
    /^Work: 2 under way of version 1 would be stuck.* has version 2, and no way there/,
  )
  expect(await adriftOf([work(2), other], store)).toMatchObject([{ has: null, count: 2 }, { has: 2 }])

  const second = await deploy([work(2), part, other])
  await clock.advance(3_600_000)
  await second.request(tell, asker)
  await clock.idle()
  expect(await second.life("w1")).toMatchObject({
    state: "stuck",
    stuck: { reason: { code: "version" } },
    mailbox: [{}, {}, {}],
  })
  expect(await second.command("w1")).toMatchObject({ state: "stuck" })

  const third = await deploy([work(3, { upgrade: known => ({ ...known, up: true }) }), part, other])
  for (const id of ["w1", "w2"]) await third.bring(id, { kind: "resume", by: "system" }, "system")
  await clock.idle()
  const result = { v: 1, up: true, part: true, later: true, by: 3 }
  for (const id of ["w1", "w2"]) expect(await third.command(id)).toMatchObject({ state: "succeeded", result })
})

test("an instance whose workflow is gone is stuck when its time has come, and goes on when it is back", async () => {
  const { clock, deploy } = await town()
  const first = await deploy([work(1), part, other])
  await first.request({ id: "w", type: "Work", target: null, data: {} }, asker)
  await clock.idle()
  const without = await deploy([part, other], 2)
  await clock.advance(3_600_000)
  expect(await without.life("w")).toMatchObject({ state: "stuck", mailbox: [{ kind: "child" }, { kind: "timer" }] })
  await without.abort("w", "system")
  const again = await deploy([work(1), part, other], 3)
  await again.bring("w", { kind: "resume", by: "system" }, "system")
  await clock.idle()
  expect(await again.command("w")).toMatchObject({ state: "aborted" })
})
