import { existsSync, readFileSync } from "node:fs"
import { spawnSync } from "node:child_process"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { newFolder, run } from "./served.ts"

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url))
const log = file("../../../shared/data/bpic2012.xes.gz")
const app = file("../../examples/loans/app.ts")

test.skipIf(!existsSync(log))(
  "the bank's whole log becomes events and explained rejections, and the tallies are those of the file (needs ../shared/data/bpic2012.xes.gz) [N45 N49 X6]",
  () => {
    const data = newFolder()
    const imported = run("import", log, "--app", app, "--data", data, "--json")
    expect([imported.code, imported.err]).toEqual([0, expect.anything()])

    const report = spawnSync(process.execPath, [file("../../examples/loans/report.ts"), "--data", data, "--json"], {
      encoding: "utf8",
    })
    const { refused, ...tallies } = JSON.parse(report.stdout) as { refused: Record<string, number> }
    expect(tallies).toEqual(JSON.parse(readFileSync(file("../../examples/loans/tools/tally.expected.json"), "utf8")))
    expect(Object.values(refused).reduce((sum, count) => sum + count, 0)).toBe(1_044)

    const verified = run("verify", "--app", app, "--data", data)
    expect([verified.code, verified.out]).toEqual([0, expect.stringContaining("clean: 262,200 transactions")])
  },
  600_000,
)
