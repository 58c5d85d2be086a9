import { execFileSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { expect, test } from "vitest"
import { file } from "../adapters/files/fixtures.ts"

const loans = join(import.meta.dirname, "../../../shared/data/bpic2012.xes.gz")
const without = existsSync(loans) ? "" : `, but is skipped: there is no ${loans}`

test.skipIf(!existsSync(loans))(`The loan log is read in less than 8 seconds${without}`, () => {
  const { lines, cpuSeconds } = measured(loans)
  expect(lines).toBe(262_200)
  expect(cpuSeconds).toBeLessThan(8)
})

test("What is kept in memory does not grow with the log", { timeout: 60_000 }, () => {
  for (const events of [50_000, 200_000]) {
    const content = manyTraces(events)
    for (const path of [file("log.xes", content), file("log.xes.gz", gzipSync(content))]) {
      const { lines, aliveMbBefore, aliveMbMax } = measured(path)
      expect(lines).toBe(events)
      expect(aliveMbMax - aliveMbBefore).toBeLessThan(10)
    }
  }
})

type Figures = { lines: number; cpuSeconds: number; aliveMbBefore: number; aliveMbMax: number }

function measured(path: string): Figures {
  const script = join(import.meta.dirname, "../adapters/files/measure.ts")
  return JSON.parse(execFileSync(process.execPath, ["--expose-gc", script, path], { encoding: "utf8" })) as Figures
}

// Names that are all different, in up to 100 MB of XML.
function manyTraces(events: number): string {
  const event = (i: number) =>
    `<event><string key="concept:name" value="Activity ${i % 20}"/><string key="note" value="${"n".repeat(400)} ${i}"/></event>`
  const trace = (i: number) =>
    `<trace><string key="concept:name" value="Application ${i}"/>${Array.from({ length: 10 }, (_, j) => event(i + j)).join("")}</trace>`
  return `<log>${Array.from({ length: events / 10 }, (_, i) => trace(i * 10)).join("\n")}</log>`
}
