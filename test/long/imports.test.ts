import { gzipSync } from "node:zlib"
import { expect, test } from "vitest"
import { amountsIn, csv, desk, expectOnce, exported, rows, saidOf } from "../journeys/logs.ts"

const { at, written } = desk()
const jsonl = rows.map(row => JSON.stringify(row)).join("\n")

test.each([
  ["log.csv", csv],
  ["log.jsonl", jsonl],
  ["log.csv.gz", gzipSync(csv)],
])(
  "%s: killed again and again on the way and asked for again, each line is there once [TR4 N54]",
  async (name, text) => {
    const data = at(`cases-${name}`)
    await expectOnce(written(name, text), data, [300, 400, 500, 600, 700, 800, 900, 1000])
    expect(amountsIn(await exported(data))).toHaveLength(rows.length)
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
    const said = await saidOf(written(name, text), at(`bad-${name}`))
    expect(said).toContain(name)
    expect(said).toMatch(place)
  },
  600_000,
)
