// The last word of .ci/run: reads vitest's report and says how many tests passed and failed. A test may be skipped for
// one reason only, a file under ../shared that this machine does not have, and says so by naming the file in its title:
//   test.skipIf(!existsSync(file))(`… (needs ../shared/data/roster.csv)`, …)
// Usage: verdict.ts REPORT EXIT-OF-VITEST EXIT-OF-SERVER

import { existsSync, readFileSync } from "node:fs"

type Result = { fullName: string; status: string }
type Report = { testResults: { name: string; status: string; message: string; assertionResults: Result[] }[] }

const [path = "", vitest = "1", server = "1"] = process.argv.slice(2)
const report = JSON.parse(readFileSync(path, "utf8")) as Report
const results = report.testResults.flatMap(file => file.assertionResults)

const passed = results.filter(r => r.status === "passed").length
const notRun = results.filter(r => r.status !== "passed" && r.status !== "failed")
const unexcused = notRun.filter(r => !missesSharedFile(r.fullName))
// A file that cannot be loaded has no tests to count, and is one failure all the same.
const broken = report.testResults.filter(
  f => f.status === "failed" && f.assertionResults.every(r => r.status !== "failed"),
)
const failed = results.filter(r => r.status === "failed").length + broken.length

for (const file of broken) console.log(`${file.name} did not run: ${file.message}`)
for (const r of unexcused) console.log(`Skipped without naming a missing file under ../shared: ${r.fullName}`)
if (notRun.length > unexcused.length) console.log(`${notRun.length - unexcused.length} skipped for want of ../shared`)
if (server !== "0") console.log("The server did not start, answer and stop as it should: see above.")
// Errors outside of any test are vitest's own to report; its exit code carries them here.
if (vitest !== "0" && failed === 0) console.log(`vitest ended with exit code ${vitest}: see above.`)

process.exitCode = failed + unexcused.length > 0 || passed === 0 || vitest !== "0" || server !== "0" ? 1 : 0
console.log(`${passed} passed, ${failed + unexcused.length + (server === "0" ? 0 : 1)} failed`)

function missesSharedFile(title: string): boolean {
  const file = title.match(/\.\.\/shared\/[\w./-]*\w/)?.[0]
  return file !== undefined && !existsSync(file)
}
