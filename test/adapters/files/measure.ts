// Reads a log in a process of its own and prints what it took: `node [--expose-gc] measure.ts <path>`.
//
// The peak is what the system saw, and holds whatever room the engine took for garbage, which differs from one
// machine to the next. What was alive is measured when the garbage is cleared away, and is ours alone.
import { openLog } from "../../../src/adapters/files/open-log.ts"

const mb = (bytes: number) => Math.round(bytes / 1_048_576)
const peakMb = () => mb(process.resourceUsage().maxRSS * 1_024)

function aliveMb(): number {
  if (globalThis.gc === undefined) return 0
  globalThis.gc()
  const { heapUsed, external } = process.memoryUsage()
  return mb(heapUsed + external)
}

const peakMbBefore = peakMb()
const aliveMbBefore = aliveMb()
const started = performance.now()
let lines = 0
let batches = 0
let aliveMbMax = 0
// Whoever remembers a name must not remember the piece of the file that it was cut from.
const cases = new Set<string>()
for await (const batch of openLog(process.argv[2]!).lines()) {
  lines += batch.length
  for (const line of batch) cases.add(line.caseId)
  if (batches++ % 50 === 0) aliveMbMax = Math.max(aliveMbMax, aliveMb())
}

const { user, system } = process.cpuUsage()
const figures = {
  lines,
  cases: cases.size,
  seconds: Math.round(performance.now() - started) / 1_000,
  cpuSeconds: Math.round((user + system) / 1_000) / 1_000,
  peakMbBefore,
  peakMb: peakMb(),
  aliveMbBefore,
  aliveMbMax,
}
process.stdout.write(`${JSON.stringify(figures)}\n`)
