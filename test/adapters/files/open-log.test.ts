import { existsSync, readdirSync } from "node:fs"
import { gzipSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import { openJsonLines, openLog } from "../../../src/adapters/files/open-log.ts"
import { file, outcomeOf, plainAndZipped, read, xes } from "./fixtures.ts"

const csv = "case,activity\n1,Open\n1,Close\n"
const jsonl = '{"case":"1","activity":"Open"}\n{"case":"1","activity":"Close"}\n'

describe("a log", () => {
  test("is of the format that its content says, whatever its name and whether zipped or not", () => {
    for (const name of ["log", "log.xes", "log.csv", "log.jsonl", "log.gz"]) {
      for (const zipped of [false, true]) {
        const written = (content: string) => file(name, zipped ? gzipSync(content) : content)
        expect(openLog(written(xes(["Open"]))).format).toBe("xes")
        expect(openLog(written(jsonl)).format).toBe("jsonl")
      }
    }
    expect(openLog(file("log", csv)).format).toBe("csv")
    expect(openLog(file("log.xes", csv)).format).toBe("csv")
  })

  test("reads the same in every format, plain and gzipped", async () => {
    for (const [name, content] of [
      ["log.xes", xes(["Open", "Close"])],
      ["log.csv", csv],
      ["log.jsonl", jsonl],
    ] as const) {
      for (const written of plainAndZipped(name, content)) {
        const { lines, error } = await read(...written)
        expect(error).toBeNull()
        expect(lines.map(line => [line.number, line.caseId, line.activity])).toEqual([
          [1, "1", "Open"],
          [2, "1", "Close"],
        ])
      }
    }
  })

  test("comes in full batches of 256 lines, and the rest in the last", async () => {
    const activities = Array.from({ length: 700 }, (_, i) => `A${i}`)
    for (const [name, content] of plainAndZipped("log.xes", xes(activities))) {
      const sizes = []
      for await (const batch of openLog(file(name, content)).lines()) sizes.push(batch.length)
      expect(sizes).toEqual([256, 256, 188])
    }
  })

  test("of no lines has no batches", async () => {
    for (const content of [xes(), xes([]), "case,activity\n"]) {
      expect(await read("log.csv", content)).toEqual({ lines: [], error: null })
    }
  })

  test("tells how many bytes on the disk have been read, up to all of them", async () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => `${i},Activity ${(i * 7919) % 10_007}`)
    for (const [name, content] of plainAndZipped("log.csv", `case,activity\n${rows.join("\n")}`)) {
      const log = openLog(file(name, content))
      expect(log.bytesTotal).toBe(content.length)
      expect(log.bytesRead()).toBe(0)

      const seen = [0]
      for await (const _batch of log.lines()) seen.push(log.bytesRead())
      expect(seen).toEqual(seen.toSorted((a, b) => a - b))
      expect(seen[1]).toBeLessThan(content.length / 2)
      expect(log.bytesRead()).toBe(content.length)
    }
  })

  test("can be read again from the start", async () => {
    const log = openLog(file("log.csv", csv))
    expect(await outcomeOf(() => log)).toEqual(await outcomeOf(() => log))
  })

  test.runIf(existsSync("/proc/self/fd"))("is closed when its reader stops early", async () => {
    const path = file("log.xes.gz", gzipSync(xes(Array.from({ length: 9_000 }, (_, i) => `A${i}`))))
    const open = () => readdirSync("/proc/self/fd").length
    const before = open()
    for (let i = 0; i < 20; i++) {
      for await (const _batch of openLog(path).lines()) break
    }
    expect(open()).toBeLessThan(before + 10)
  })
})

describe("the columns", () => {
  test("are known by the names of XES, with their attributes named as in XES", async () => {
    const { lines } = await read(
      "log.csv",
      [
        "case:concept:name,case:amount,concept:name,lifecycle:transition,time:timestamp,org:resource,note",
        "c1,20,Open,complete,2011-10-11 13:45:40.276000+02:00,Ann,",
      ].join("\n"),
    )
    expect(lines).toEqual([
      {
        place: { file: expect.stringMatching(/log\.csv$/), line: 2, byte: 97 },
        number: 1,
        caseId: "c1",
        activity: "Open",
        transition: "complete",
        at: "2011-10-11T13:45:40.276000+02:00",
        resource: "Ann",
        caseAttributes: { "concept:name": "c1", amount: "20" },
        attributes: {
          "concept:name": "Open",
          "lifecycle:transition": "complete",
          "time:timestamp": "2011-10-11 13:45:40.276000+02:00",
          "org:resource": "Ann",
        },
      },
    ])
  })

  test("are known by common aliases, however they are spelled", async () => {
    for (const header of ["case,activity,timestamp,resource", "Case ID,Event,Time,User", "CASEID,Activity,time,user"]) {
      const { lines } = await read("log.csv", `${header}\n7,Open,2012-01-01,Ann\n`)
      expect(lines).toMatchObject([{ caseId: "7", activity: "Open", at: "2012-01-01", resource: "Ann" }])
    }
  })

  test("prefer the names of XES to aliases", async () => {
    const { lines } = await read("log.csv", "event,concept:name,case,case:concept:name\n17,Open,x,7\n")
    expect(lines).toMatchObject([{ caseId: "7", activity: "Open", attributes: { event: "17", case: "x" } }])
  })

  test("follow the mapping where there is one, in every format", async () => {
    const mapping = { case: "id", activity: "what", at: "when" }
    const expected = [{ caseId: "7", activity: "Open", at: "2012-01-01" }]
    const asCsv = await read("log.csv", "case,id,activity,what,when\nx,7,y,Open,2012-01-01\n", { mapping })
    expect(asCsv.lines).toMatchObject(expected)

    const asJson = '{"case":"x","id":7,"what":"Open","when":"2012-01-01"}\n{"id":8,"what":"Close"}'
    expect((await read("log.jsonl", asJson, { mapping })).lines).toMatchObject([
      ...expected,
      { caseId: "8", activity: "Close", at: null },
    ])

    const event = '<event><string key="what" value="Open"/><date key="when" value="2012-01-01"/></event>'
    const asXes = `<log><trace><int key="id" value="7"/>${event}</trace></log>`
    expect((await read("log.xes", asXes, { mapping })).lines).toMatchObject(expected)
  })
})

describe("JSON lines", () => {
  test("hold any value, and are placed by line and byte", async () => {
    const content = '\uFEFF{"a":1}\r\n\n[2,"é"]\n"three"\nnull'
    for (const [name, written] of plainAndZipped("any.jsonl", content)) {
      const path = file(name, written)
      const { lines, error } = await outcomeOf(() => openJsonLines(path))
      expect(error).toBeNull()
      expect(lines).toEqual([
        { number: 1, value: { a: 1 }, place: { file: path, line: 1, byte: 0 } },
        { number: 2, value: [2, "é"], place: { file: path, line: 3, byte: 13 } },
        { number: 3, value: "three", place: { file: path, line: 4, byte: 22 } },
        { number: 4, value: null, place: { file: path, line: 5, byte: 30 } },
      ])
    }
  })

  test("as a log name what is nested by the way to it, and leave out null", async () => {
    const line = { case: 1, event: "Open", at: null, who: { name: "Ann", tags: ["a", true] }, "case:amount": 12.5 }
    const { lines } = await read("log.jsonl", JSON.stringify(line))
    expect(lines).toMatchObject([{ caseId: "1", activity: "Open", at: null }])
    expect(lines[0]!.attributes).toEqual({ event: "Open", "who.name": "Ann", "who.tags.1": "a", "who.tags.2": true })
    expect(lines[0]!.caseAttributes).toEqual({ case: 1, amount: 12.5 })
  })
})
