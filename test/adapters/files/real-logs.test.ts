import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { gunzipSync } from "node:zlib"
import { expect, test } from "vitest"
import type { LogLine } from "../../../src/adapters/files/log-line.ts"
import { openLog } from "../../../src/adapters/files/open-log.ts"
import { file } from "./fixtures.ts"

const data = join(import.meta.dirname, "../../../../shared/data")
const loans = join(data, "bpic2012.xes.gz")
const receipts = join(data, "receipt.csv.gz")

const without = (path: string) => (existsSync(path) ? "" : `, but is skipped: there is no ${path}`)

async function allOf(path: string): Promise<LogLine[]> {
  const lines = []
  for await (const batch of openLog(path).lines()) lines.push(...batch)
  return lines
}

// Read once for all: it takes seconds.
let reading: Promise<LogLine[]> | null = null
const loanLines = () => (reading ??= allOf(loans))

test.skipIf(!existsSync(loans))(`The loan log has 262,200 lines of 13,087 cases${without(loans)}`, async () => {
  const lines = await loanLines()
  expect(lines).toHaveLength(262_200)
  expect(new Set(lines.map(line => line.caseId)).size).toBe(13_087)
  expect(lines.every((line, i) => line.number === i + 1 && line.place.line === i + 1)).toBe(true)
  expect(lines.every(line => line.at !== null && line.transition !== null)).toBe(true)
  expect(lines[0]).toEqual({
    place: { file: loans, line: 1 },
    number: 1,
    caseId: "173688",
    activity: "A_SUBMITTED",
    transition: "COMPLETE",
    at: "2011-10-01T00:38:44.546+02:00",
    resource: "112",
    caseAttributes: { "concept:name": "173688", AMOUNT_REQ: "20000", REG_DATE: "2011-10-01T00:38:44.546+02:00" },
    attributes: {
      "concept:name": "A_SUBMITTED",
      "lifecycle:transition": "COMPLETE",
      "org:resource": "112",
      "time:timestamp": "2011-10-01T00:38:44.546+02:00",
    },
  })
})

test.skipIf(!existsSync(loans))(`The loan log counts as another program counted it${without(loans)}`, async () => {
  const tallied = join(import.meta.dirname, "../../../examples/loans/tools/tally.expected.json")
  const expected = JSON.parse(readFileSync(tallied, "utf8")) as Record<string, unknown>
  const counts: Record<string, Record<string, number>> = {}
  for (const { activity, transition } of await loanLines()) {
    const ofActivity = (counts[activity] ??= {})
    ofActivity[transition!] = (ofActivity[transition!] ?? 0) + 1
  }
  expect(counts).toEqual(expected["eventsByActivityAndTransition"])
})

test.skipIf(!existsSync(receipts))(
  `The receipt log has 8,577 lines of 1,434 cases, plain and gzipped${without(receipts)}`,
  async () => {
    const plain = file("receipt.csv", gunzipSync(readFileSync(receipts)))
    const [lines, same] = [await allOf(receipts), await allOf(plain)]
    expect(lines).toHaveLength(8_577)
    expect(new Set(lines.map(line => line.caseId)).size).toBe(1_434)
    expect(lines[0]).toMatchObject({
      caseId: "case-10011",
      activity: "Confirmation of receipt",
      at: "2011-10-11T13:45:40.276000+02:00",
      caseAttributes: { department: "General", group: "Group 2" },
    })
    expect(same).toEqual(lines.map(line => ({ ...line, place: { ...line.place, file: plain } })))
  },
)
