import { chmodSync } from "node:fs"
import { dirname } from "node:path"
import { gzipSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import { LogError } from "../../../src/adapters/files/log-error.ts"
import { openJsonLines, openLog } from "../../../src/adapters/files/open-log.ts"
import { file, outcomeOf, plainAndZipped, read, xes, xesEvent } from "./fixtures.ts"

const million = 1_048_576
const named = '<string key="concept:name" value="Open"/>'

/** Reads it plain and gzipped, and tells what was read and the error, which must be the same for both. */
async function broken(name: string, content: string) {
  const outcomes = []
  for (const written of plainAndZipped(name, content)) {
    const { lines, error } = await read(...written)
    expect(error).toBeInstanceOf(LogError)
    const { line, byte, reason } = error!
    expect(error!.message).toContain(name)
    expect(error!.message).toContain(reason)
    outcomes.push({ count: lines.length, line, byte, reason })
  }
  expect(outcomes[0]).toEqual(outcomes[1])
  return outcomes[0]!
}

describe("a file that cannot be opened as a log", () => {
  const refusal = (path: string) => {
    try {
      openLog(path)
    } catch (error) {
      return error
    }
    throw new Error(`${path} was opened`)
  }

  test("is named, with the reason", () => {
    const there = file("log.csv", "case,activity\n")
    expect(refusal(`${there}.gone`)).toMatchObject({
      name: "LogError",
      file: `${there}.gone`,
      line: null,
      byte: null,
      reason: "there is no such file",
      message: `Cannot read ${there}.gone: there is no such file.`,
    })
    expect(refusal(dirname(there))).toMatchObject({ reason: "it is a folder" })
  })

  test("may be one that this process may not read", () => {
    const path = file("log.csv", "case,activity\n")
    chmodSync(path, 0)
    // Root may read everything: as root, the file is looked at as somebody who may not.
    const isRoot = process.geteuid?.() === 0
    if (isRoot) process.seteuid?.(65_534)
    try {
      expect(refusal(path)).toMatchObject({ reason: "this process may not read it" })
    } finally {
      if (isRoot) process.seteuid?.(0)
    }
  })

  test("is empty, or zipped and empty, or holds nothing but white space", () => {
    for (const content of ["", "\n \n", "\uFEFF", gzipSync("")]) {
      expect(refusal(file("log.csv", content))).toMatchObject({ reason: "the file is empty" })
      expect(() => openJsonLines(file("log.jsonl", content))).toThrow("the file is empty")
    }
  })

  test("is none of the three formats", () => {
    const reason = "the file is neither XES (which is XML), nor CSV, nor JSON Lines"
    const picture = Buffer.from("89504e470d0a1a0a0000000d49484452,0000", "latin1")
    for (const content of [
      "Dear Sir\n",
      "[1, 2]",
      Buffer.from([0x89, 0x50, 0, 1, 2, 0x2c]),
      gzipSync("no\n"),
      "%PDF",
    ]) {
      expect(refusal(file("log", content))).toMatchObject({ reason })
    }
    expect(refusal(file("log.csv", Buffer.concat([picture, Buffer.from([0])])))).toMatchObject({ reason })
  })

  test("is a gzip with a damaged start", () => {
    const zipped = gzipSync("case,activity\n")
    zipped[2] = 99
    expect(refusal(file("log.csv.gz", zipped))).toMatchObject({ reason: expect.stringMatching(/^the gzip is damaged/) })
  })

  test("is asked to be in an encoding that nobody knows", () => {
    expect(() => openLog(file("log.csv", "case,activity\n"), { encoding: "klingon" })).toThrow("klingon")
  })
})

describe("XES", () => {
  test("that is cut anywhere is read up to the last whole event, and says what is not closed", async () => {
    const whole = xes(["Open", "Check"], ["Open", "Close"])
    for (let cut = 1; cut < whole.lastIndexOf("</log>"); cut++) {
      const { lines, error } = await read("log.xes", whole.slice(0, cut))
      expect(error?.byte).toBe(cut)
      expect(lines.length).toBe(whole.slice(0, cut).split("</event>").length - 1)
    }
    const { reason } = await broken("log.xes", whole.slice(0, whole.indexOf("Close")))
    expect(reason).toBe("the file ends in the middle: <event> is not closed")
  })

  test("with a malformed tag tells the event, the byte and the line of the XML", async () => {
    const bad = await broken("log.xes", xes(["Open", "Check", "Close"]).replace('value="Check"', 'value="ü" Check'))
    expect(bad).toMatchObject({ count: 1, line: 2 })
    expect(bad.reason).toMatch(/^the XML is malformed on its line 5: /)
    expect(bad.byte).toBe(Buffer.byteLength(xes(["Open", "Check"]).split('value="Check"')[0] + 'value="ü" Check"'))
  })

  test("with tags that do not match is malformed", async () => {
    const bad = await broken("log.xes", xes(["Open", "Check"]).replace("</trace>", "</log>"))
    expect(bad).toMatchObject({ count: 2, line: 2, reason: expect.stringContaining("malformed") })
  })

  test("with a document type is refused, and with it every entity that one could declare", async () => {
    const bomb = `<!DOCTYPE log [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>`
    expect(await broken("log.xes", bomb + xesEvent(named.replace("Open", "&b;")))).toMatchObject({
      count: 0,
      line: null,
      reason: "it declares a document type, which could hold entities without end",
    })
  })

  test("with an entity beyond the five of XML is malformed", async () => {
    const bad = await broken("log.xes", xes(["Open", "&amp;", "&nbsp;"]))
    expect(bad).toMatchObject({ count: 2, line: 3, reason: expect.stringMatching(/entity/) })
  })

  test("with a value, a text or a comment of more than 1 MB is refused before it is all read", async () => {
    const endless = "x".repeat(4 * million)
    const reason = `a tag, or what stands between two, is longer than ${million} characters`
    for (const long of [`<string key="long" value="${endless}"/>`, endless, `<!--${endless}-->`, `<${endless}/>`]) {
      const content = xes(["Open", "Check"]).replace("</event>\n<event>", `</event>\n<event>${long}`)
      const bad = await broken("log.xes", content)
      expect(bad).toMatchObject({ count: 1, line: 2, reason })
    }
    const fits = await read("log.xes", xesEvent(`${named}<string key="long" value="${"x".repeat(million - 60)}"/>`))
    expect(fits.error).toBeNull()
    expect(fits.lines[0]!.attributes["long"]).toHaveLength(million - 60)
  })

  test("that nests or lists without end is refused", async () => {
    const deep = '<container key="c">'.repeat(1_000)
    expect((await broken("log.xes", xesEvent(deep))).reason).toBe("tags are nested deeper than 64")
    const many = '<string key="same" value="x"/>'.repeat(10_001)
    expect((await broken("log.xes", xesEvent(many))).reason).toBe("there are more than 10000 attributes in one place")
  })

  test("says what an event or a trace lacks", async () => {
    const reasons: [content: string, reason: string][] = [
      [xesEvent('<string key="note" value="x"/>'), 'it names no activity: "concept:name" is missing or empty'],
      [
        xes(["Open"]).replace('"concept:name" value="1"', '"name" value="1"'),
        'it names no case: "concept:name" is missing or empty',
      ],
      [xesEvent(named + '<int key="n" value="many"/>'), '"n" holds "many" where XES has a value of type int'],
      [xesEvent(named + '<boolean key="b"/>'), '"b" holds no value where XES has a value of type boolean'],
      [xesEvent(named + '<float value="1"/>'), "a <float> has no key"],
      [xesEvent(named + '<decimal key="d" value="1"/>'), "<decimal> is no attribute that XES knows"],
      [
        xesEvent(named + '<date key="time:timestamp" value="noon"/>'),
        '"noon" in "time:timestamp" is no moment as ISO 8601 writes it',
      ],
      ["<log><event/></log>", "the event is in no trace, so that it has no case"],
      [
        xesEvent(named).replace("</trace>", '<string key="late" value="x"/></trace>'),
        "<string> comes after events of its trace, and XES has it before",
      ],
      ["<html></html>", "it is XML, and begins with <html> where XES begins with <log>"],
    ]
    for (const [content, reason] of reasons) expect((await broken("log.xes", content)).reason).toBe(reason)
  })
})

describe("CSV", () => {
  test("without the columns that are needed names those it has and those it needs", async () => {
    expect(await broken("log.csv", "order,activity,day\n1,Open,2\n")).toEqual({
      count: 0,
      line: 1,
      byte: 0,
      reason:
        'it has the columns "order", "activity", "day" and needs ' +
        "one for the case (case:concept:name, case, case_id, caseid); which these are can be said (--columns)",
    })
    const { reason } = await broken("log.csv", "a,b\n")
    expect(reason).toContain("one for the case")
    expect(reason).toContain("one for the activity")
  })

  test("without a column that the mapping names says so", async () => {
    const { error } = await read("log.csv", "case,activity\n1,Open\n", { mapping: { at: "when" } })
    expect(error?.reason).toBe('the mapping says at: "when", but it has the columns "case", "activity"')
  })

  test("with a row of too many or too few fields tells the row, after the rows before it", async () => {
    const content = "case,activity,note\n1,Open,\n\n2,Open,x\n3,Open\n4,Open,x\n"
    const few = { count: 2, line: 5, byte: 37, reason: "the row has 2 fields and the header has 3" }
    expect(await broken("log.csv", content)).toEqual(few)
    const many = { ...few, reason: "the row has 4 fields and the header has 3" }
    expect(await broken("log.csv", content.replace("3,Open", "3,Open,x,y"))).toEqual(many)
  })

  test("with a quote where none can be tells the row", async () => {
    const start = "case,activity\n1,Open\n"
    for (const [row, reason] of [
      ['2,"Open\n3,Open\n', "a quote is opened and never closed"],
      ['2,"Op"en\n', "a quote is closed in the middle of a field"],
      ['2,Op"en"\n', "a quote is opened in the middle of a field"],
    ] as const) {
      expect(await broken("log.csv", start + row)).toEqual({ count: 1, line: 3, byte: start.length, reason })
    }
  })

  test("with a field of more than 1 MB, or a row without end, is refused", async () => {
    const start = "case,activity\n1,Open\n"
    const long = await broken("log.csv", `${start}2,${"x".repeat(million + 1)}\n`)
    expect(long).toEqual({ count: 1, line: 3, byte: 21, reason: `"activity" is longer than ${million} characters` })

    const endless = await broken("log.csv", `${start}2,"${"x\n".repeat(5 * million)}`)
    expect(endless).toMatchObject({
      count: 1,
      line: 3,
      byte: 21,
      reason: expect.stringContaining("is a quote not closed?"),
    })
  })

  test("says which row lacks its case, or has a moment that is none", async () => {
    const content = "case,activity,time\n1,Open,2012-01-01\n"
    expect(await broken("log.csv", `${content},Open,2012-01-01\n`)).toMatchObject({
      count: 1,
      line: 3,
      reason: 'it names no case: "case" is missing or empty',
    })
    expect((await broken("log.csv", `${content}2,Open,01.02.2012\n`)).reason).toContain('"01.02.2012" in "time"')
  })

  test("that names a column twice is refused", async () => {
    expect((await broken("log.csv", "case,activity,case\n")).reason).toBe('the header names "case" twice')
  })
})

describe("JSON Lines", () => {
  test("with a line that is not JSON tells the line, after the lines before it", async () => {
    const good = '{"case":1,"activity":"Öffnen"}\n'
    const content = `${good}\n${good}{"case":2,"activity"\n${good}`
    const byte = 2 * Buffer.byteLength(good) + 1
    expect(await broken("log.jsonl", content)).toMatchObject({ count: 2, line: 4, byte })

    const { lines, error } = await outcomeOf(() => openJsonLines(file("any.jsonl", content)))
    expect(lines).toHaveLength(2)
    expect(error).toMatchObject({ line: 4, byte, reason: expect.stringMatching(/^the line is not JSON/) })
    expect(error!.message).toMatch(/^Cannot read \/.*any\.jsonl at line 4, byte 65: the line is not JSON \(.*\)\.$/)
  })

  test("that is cut in the middle of a line is read up to it", async () => {
    const bad = await broken("log.jsonl", '{"case":1,"activity":"Open"}\n{"case":2,"activity":"Op')
    expect(bad).toMatchObject({ count: 1, line: 2, byte: 29 })
  })

  test("with a line that is no event tells what is missing", async () => {
    const good = '{"case":1,"activity":"Open"}\n'
    for (const [line, reason] of [
      ["[1]", "the line holds no JSON object"],
      ["null", "the line holds no JSON object"],
      ['{"case":2}', 'it has the columns "case" and needs one for the activity (concept:name, activity, event)'],
      ["{}", "it has no columns and needs"],
      ['{"case":"","activity":"Open"}', 'it names no case: "case" is missing or empty'],
      [`{"case":2,"activity":"${"x".repeat(million + 1)}"}`, `"activity" is longer than ${million} characters`],
      [`{"case":2,"activity":"Open","deep":${"[".repeat(99)}${"]".repeat(99)}}`, "it is nested deeper than 64"],
    ] as const) {
      const bad = await broken("log.jsonl", `${good}${line}\n{not JSON`)
      expect(bad).toMatchObject({ count: 1, line: 2, byte: 29, reason: expect.stringContaining(reason) })
    }
  })

  test("with a line without end is refused before it is all read", async () => {
    const bad = await broken("log.jsonl", `{"case":1,"activity":"Open"}\n{"${"x".repeat(10 * million)}`)
    expect(bad).toMatchObject({ count: 1, line: 2, byte: 29, reason: `the line is longer than ${8 * million} bytes` })
  })
})
