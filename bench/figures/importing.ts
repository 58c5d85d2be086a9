import { spawn } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { emptyFolder, type Bench } from "../harness.ts"

const bin = fileURLToPath(new URL("../../bin/daybook", import.meta.url))
const log = fileURLToPath(new URL("../../../shared/data/bpic2012.xes.gz", import.meta.url))
const loans = fileURLToPath(new URL("../../examples/loans/app.ts", import.meta.url))

/** A real log of 262,200 lines, each a command of the loans example, with its projections. */
export const importing: Bench = {
  name: "importing",
  says: "importing a real log into the loans example",
  async run(say) {
    if (!existsSync(log))
      return say({ figure: "importing 262,200 lines", value: NaN, unit: "s", note: `skipped: ${log} is missing` })
    const before = performance.now()
    const args = ["import", log, "--app", loans, "--data", emptyFolder("import"), "--json"]
    const printed = await outputOf(args)
    const summary = JSON.parse(printed.trim().split("\n").at(-1) ?? "{}") as { peakMegabytes?: number; lines?: number }
    const seconds = (performance.now() - before) / 1_000
    say({ figure: `importing ${summary.lines?.toLocaleString("en")} lines`, value: seconds, unit: "s", atMost: 40 })
    say({ figure: "memory at most while importing", value: summary.peakMegabytes ?? NaN, unit: "MB", atMost: 500 })
  },
}

function outputOf(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(bin, args, { stdio: ["ignore", "pipe", "ignore"] })
    let printed = ""
    child.stdout.on("data", (chunk: Buffer) => (printed += chunk.toString()))
    child.on("exit", code =>
      code === 0 ? resolve(printed) : reject(new Error(`import ended with ${code}: ${printed}`)),
    )
  })
}
