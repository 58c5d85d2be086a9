import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { gzipSync } from "node:zlib"
import { expect, test } from "vitest"
import { folder, run, start, type Event } from "../journeys/world.ts"

const dir = folder()
const at = (name: string) => join(dir, name)
const written = (name: string, text: string | Buffer) => {
  writeFileSync(at(name), text)
  return at(name)
}
const exported = async (data: string, ...rest: string[]) => (await run(["export", "--data", data, ...rest])).out
const eventsIn = (text: string) =>
  text
    .split("\n")
    .filter(line => line !== "")
    .map(line => JSON.parse(line) as Event)

const rows = Array.from({ length: 12_000 }, (_, i) => ({
  case: `case ${i % 300}`,
  activity: ["open", 'check, "twice"', "clöse"][i % 3]!,
  time: new Date(Date.UTC(2020, 0, 1) + i * 60_000).toISOString(),
  amount: String(i),
}))
const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
const csv = ["case,activity,time,amount", ...rows.map(row => Object.values(row).map(quoted).join(","))].join("\n")

const jsonl = rows.map(row => JSON.stringify(row)).join("\n")

/** What lines there are, by what only they say: each is to be there once. */
const amountsIn = (text: string) =>
  eventsIn(text).map(e => Number((e.data as unknown as { attributes: { amount: string } }).attributes.amount))

test.each([
  ["log.csv", csv],
  ["log.jsonl", jsonl],
  ["log.csv.gz", gzipSync(csv)],
])(
  "%s: killed again and again on the way and asked for again, each line is there once [TR4 N54]",
  async (name, text) => {
    const [data, file] = [at(`cases-${name}`), written(name, text)]
    for (const ms of [300, 400, 500, 600, 700, 800, 900, 1000]) {
      const child = start(["import", file, "--data", data])
      await pause(ms)
      child.kill("SIGKILL")
      await once(child, "exit")
    }
    const { code, out, err } = await run(["import", file, "--data", data, "--json"])
    expect([code, err]).toEqual([0, expect.not.stringContaining("error")])
    expect(JSON.parse(out)).toMatchObject({ lines: rows.length })
    const log = await exported(data)
    expect(amountsIn(log).toSorted((a, b) => a - b)).toEqual(rows.map((_, i) => i))
    const [first] = eventsIn(log)
    expect(first).toMatchObject({ stream: { type: "Case", id: "case 0" }, occurredAt: rows[0]!.time })
    const listed = (await run(["streams", "Case", "--json", "--data", data])).out.trim().split("\n")
    expect(listed).toHaveLength(300)
    expect((await run(["verify", "--data", data])).out).toContain("clean")
    const again = await run(["import", file, "--data", data, "--json"])
    expect(JSON.parse(again.out)).toMatchObject({ commands: 0, events: 0 })
    expect((await exported(data)) === log).toBe(true)
  },
)

test.each([
  ["no-columns.csv", "a,b\n1,2\n", /row 1.*"a", "b".*case.*activity/],
  ["no-case.csv", "activity,time\nx,2020-01-01T00:00:00Z\n", /row 1.*case/],
  ["short-row.csv", "case,activity,time\nc,a,2020-01-01T00:00:00Z\nc,a\n", /row 3.*2 fields/],
  ["bad-time.csv", "case,activity,time\nc,a,2020-01-01T00:00:00Z\nc,a,noon\n", /row 3.*noon/],
  ["open-quote.csv", 'case,activity\nc,a\n"c,a\n', /row 3/],
  ["half.jsonl", '{"case":"c","activity":"a"}\n{"case":"c"\n', /line 2/],
  ["no-case.jsonl", '{"case":"c","activity":"a"}\n{"activity":"a"}\n', /line 2.*case/],
  ["junk.bin", Buffer.from([0, 1, 2, 255, 254]), /neither XES/],
  ["empty.csv", "", /empty/],
  ["cut.csv.gz", gzipSync(csv).subarray(0, 2_000), /cut\.csv\.gz/],
  ["html.xes", "<html><body>not a log</body></html>", /html\.xes.*(?:log|event)/],
])(
  "%s is refused with its name and the place",
  async (name, text, place) => {
    const { code, out, err } = await run(["import", written(name, text), "--data", at(`bad-${name}`)])
    expect(err).toContain(name)
    expect(err).toMatch(place)
    expect([code === 0, /at .*\.ts:\d+/.test(`${out}${err}`)]).toEqual([false, false])
  },
  600_000,
)
