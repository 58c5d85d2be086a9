import { expect, test } from "vitest"
import { read } from "./fixtures.ts"

test("A quoted field holds delimiters, quotes and line breaks", async () => {
  const { lines, error } = await read(
    "log.csv",
    'case,activity,note\n1,"Open, ""now""","one\ntwo\r\nthree"\n2,Close,x\n',
  )
  expect(error).toBeNull()
  expect(lines).toMatchObject([
    { activity: 'Open, "now"', attributes: { note: "one\ntwo\r\nthree" }, place: { line: 2, byte: 19 } },
    { activity: "Close", attributes: { note: "x" }, place: { line: 3, byte: 54 } },
  ])
})

test("A byte order mark and any line ends make no difference, but for the bytes", async () => {
  const rows = ["case,activity", "1,Öffnen", "", "2,Close"]
  for (const mark of ["", "\uFEFF"]) {
    for (const lineEnd of ["\n", "\r\n", "\r"]) {
      for (const last of ["", lineEnd]) {
        const { lines, error } = await read("log.csv", mark + rows.join(lineEnd) + last)
        expect(error).toBeNull()
        expect(lines.map(line => [line.caseId, line.activity, line.place.line])).toEqual([
          ["1", "Öffnen", 2],
          ["2", "Close", 4],
        ])
        expect(lines[0]!.place.byte).toBe(Buffer.byteLength(mark + rows[0] + lineEnd))
      }
    }
  }
})

test("Semicolons and tabs delimit, too, when the header has them", async () => {
  for (const delimiter of [";", "\t"]) {
    const header = ["case", "activity", '"a, b, c, d"'].join(delimiter)
    const { lines } = await read("log.csv", `${header}\n${["1", "Open", "x"].join(delimiter)}\n`)
    expect(lines).toMatchObject([{ caseId: "1", activity: "Open", attributes: { "a, b, c, d": "x" } }])
  }
})

test("An empty field is an absent attribute, and a column without a name gets one", async () => {
  const { lines } = await read("log.csv", ",case,activity,note\n0,1,Open,\n")
  expect(lines[0]!.attributes).toEqual({ "column 1": "0", activity: "Open" })
})

test("A column that says the case belongs to the case", async () => {
  const { lines } = await read("log.csv", "case_id,activity,case:channel\n1,Open,Desk\n")
  expect(lines[0]!.caseAttributes).toEqual({ case_id: "1", channel: "Desk" })
  expect(lines[0]!.attributes).toEqual({ activity: "Open" })
})
