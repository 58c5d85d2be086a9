import { expect, onTestFinished, test } from "vitest"
import { systemClock } from "../../../src/adapters/node/clock.ts"
import { sqliteStore } from "../../../src/adapters/sqlite/index.ts"
import { openDaybook } from "../../../src/app/open.ts"
import { verifyRebuild } from "../../../src/app/rebuild.ts"
import { fitted } from "../../../src/cli/fitted.ts"
import { caseApp } from "../../../src/cli/import/case-app.ts"
import type { LogLine } from "../../../src/adapters/files/log-line.ts"
import type { Command } from "../../../src/kernel/message.ts"
import { seededIds } from "../../../src/testing/ids.ts"
import { line } from "./lines.ts"

async function recorded(lines: readonly LogLine[]) {
  const store = sqliteStore({ path: ":memory:" })
  const daybook = await openDaybook(caseApp, { store, clock: systemClock(), ids: seededIds("cases") })
  onTestFinished(() => daybook.close())
  const map = caseApp.importing!()
  for (const one of lines) {
    const command = { ...(map(one) as Omit<Command, "id">), id: `line-${one.number}` }
    await daybook.request(command, { actor: "system" })
  }
  return { store, daybook }
}

test("any log can be kept: an entity for each case, an event for each line, at the time that the log says", async () => {
  const { daybook } = await recorded([
    line(1, "7", "submit", {
      at: "2011-10-01T00:38:44.546+02:00",
      caseAttributes: { amount: 20_000 },
      resource: "112",
    }),
    line(2, "7", "decide", {
      at: "2011-10-02T00:00:00Z",
      caseAttributes: { amount: 20_000 },
      attributes: { ok: true },
    }),
  ])
  const { events } = await daybook.stream("7", 1, 10)
  expect(events.map(({ type, occurredAt, data }) => ({ type, occurredAt, data }))).toEqual([
    {
      type: "LineRecorded",
      occurredAt: "2011-10-01T00:38:44.546+02:00",
      data: { activity: "submit", resource: "112", caseAttributes: { amount: 20_000 } },
    },
    {
      type: "LineRecorded",
      occurredAt: "2011-10-02T00:00:00Z",
      data: { activity: "decide", attributes: { ok: true } },
    },
  ])
  const attributes = {
    activity: "decide",
    lastAt: "2011-10-02T00:00:00.000Z",
    count: 2,
    caseAttributes: { amount: 20_000 },
  }
  expect(await daybook.entity("7")).toMatchObject({ type: "Case", createdT: 1, fromT: 2, document: attributes })
})

test("a log that says no time leads to the same cases when they are built again", async () => {
  const { store } = await recorded(Array.from({ length: 20 }, (_, i) => line(i + 1, `${i % 3}`, "step")))
  const { routes, upcast } = fitted(caseApp)
  const findings = []
  for await (const finding of verifyRebuild(store, routes, upcast)) findings.push(finding)
  expect(findings).toEqual([])
})
