import { expect, test } from "vitest"
import { pace, Summary } from "../../../src/cli/import/summary.ts"

const place = { file: "log.csv", line: 1, byte: 0 }
const recorded = { type: "LineRecorded", rejection: false }

test("one of anything is told in the singular, and more in the plural", () => {
  const summary = new Summary("row")
  const told = () => summary.text("log.csv", 2).map(line => line.replace(/ at most$/, ""))
  const answer = (isOld: boolean) =>
    summary.answered({ id: "c", state: "succeeded", t: 1, events: [recorded as never] }, isOld, place)
  summary.lines = 1
  answer(false)
  answer(true)
  expect(told()).toEqual([
    expect.stringMatching(/^log\.csv: 1 line in 2\.0 s, 1 a second/),
    "  1 command, 1 event",
    "  1 line was taken in before",
  ])
  summary.lines = 1_200
  answer(false)
  summary.past = 1_197
  expect(told()).toEqual([
    expect.stringMatching(/^log\.csv: 1,200 lines in 2\.0 s, 600 a second/),
    "  2 commands, 2 events",
    "  1,198 lines were taken in before",
  ])
  expect(pace(1, "event", 1)).toMatch(/^1 event in 1\.0 s, 1 a second/)
})
