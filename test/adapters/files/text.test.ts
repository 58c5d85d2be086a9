import { describe, expect, test } from "vitest"
import { CsvReader } from "../../../src/adapters/files/csv-reader.ts"
import { JsonlLogReader } from "../../../src/adapters/files/jsonl-log.ts"
import { inBatches } from "../../../src/adapters/files/reader.ts"
import { wholeCharacters } from "../../../src/adapters/files/text.ts"
import { XesReader } from "../../../src/adapters/files/xes-reader.ts"
import { plainAndZipped, read, xes } from "./fixtures.ts"

// Characters of one, two, three and four bytes.
const name = "aé€😀"

async function* pieces(content: Buffer, bytes: number) {
  for (let from = 0; from < content.length; from += bytes) yield content.subarray(from, from + bytes)
}

test("However the bytes are cut, the lines are the same", async () => {
  const contents = {
    xes: xes([name, "Open"], [name]).replaceAll("\n", "\r\n"),
    csv: `\uFEFFcase,activity\r\n1,"${name}\r\n"""\r\n\r\n2,${name}`,
    jsonl: `\uFEFF{"case":1,"activity":"${name}"}\r\n\r\n{"case":2,"activity":"${name}"}`,
  }
  const readers = {
    xes: () => new XesReader("log"),
    csv: () => new CsvReader("log", ","),
    jsonl: () => new JsonlLogReader("log"),
  }
  for (const format of ["xes", "csv", "jsonl"] as const) {
    const content = Buffer.from(contents[format])
    const linesIn = async (bytes: number) => {
      const lines = []
      const whole = wholeCharacters(pieces(content, bytes))
      for await (const batch of inBatches("log", whole, readers[format]())) lines.push(...batch)
      return lines
    }
    const expected = await linesIn(content.length)
    expect(expected.length).toBeGreaterThan(1)
    expect(expected[0]!.activity).toContain(name)
    for (let bytes = 1; bytes < 70; bytes++) expect(await linesIn(bytes)).toEqual(expected)
  }
})

test("A character across the border of two chunks of the file stays whole", async () => {
  const rest = Array.from({ length: 40_000 }, () => name).join("")
  for (let shift = 0; shift < 10; shift++) {
    const content = `case,activity,note\n1,${"x".repeat(shift)}${name},"${rest}"\n`
    for (const written of plainAndZipped("log.csv", content)) {
      const { lines, error } = await read(...written)
      expect(error).toBeNull()
      expect(lines[0]!.attributes["note"] === rest).toBe(true)
    }
  }
})

describe("bytes that are no UTF-8", () => {
  const start = Buffer.from(`case,activity\n1,${name}\n2,`)

  test("are told by their byte, after all lines before them", async () => {
    for (const bad of [[0xff], [0xc3, 0x28], [0xe2, 0x82, 0x28], [0x80]]) {
      const { lines, error } = await read("log.csv", Buffer.concat([start, Buffer.from(bad), Buffer.from("\n3,x\n")]))
      expect(lines).toHaveLength(1)
      expect(error).toMatchObject({ line: 3, byte: start.length, reason: expect.stringContaining("no UTF-8") })
    }
  })

  test("may be a character that the file ends in", async () => {
    const { lines, error } = await read("log.csv", Buffer.concat([start, Buffer.from([0xe2, 0x82])]))
    expect(lines).toHaveLength(1)
    expect(error).toMatchObject({ byte: start.length, reason: "the text ends within a character" })
  })

  test("are read when the encoding is asked for, declared or marked", async () => {
    const activity = [{ activity: "Prüfen €" }]
    const windows = Buffer.from("case,activity\n1,Pr\xfcfen \x80\n", "latin1")
    expect((await read("log.csv", windows, { encoding: "windows-1252" })).lines).toMatchObject(activity)

    const declared = xes(["Prüfen"]).replace("UTF-8", "ISO-8859-1")
    expect((await read("log.xes", Buffer.from(declared, "latin1"))).lines).toMatchObject([{ activity: "Prüfen" }])

    const marked = Buffer.from("\uFEFFcase\tactivity\n1\tPrüfen €\n", "utf16le")
    expect((await read("log.csv", marked)).lines).toMatchObject(activity)
    expect((await read("log.csv", marked.swap16())).lines).toMatchObject(activity)
  })

  test("are told when they are no text of the encoding that was asked for either", async () => {
    const odd = Buffer.from("\uFEFFcase\tactivity\n1\tOpen\n", "utf16le").subarray(0, -1)
    expect((await read("log.csv", odd)).error?.reason).toBe("the bytes are no utf-16le text")
  })
})
