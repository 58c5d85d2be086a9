import { enableCompileCache } from "node:module"

// Before anything else is loaded: what was compiled once is only read from then on.
enableCompileCache()
const { run } = await import("./program.ts")
const { endWithReader } = await import("./print.ts")
endWithReader()
const code = await run(process.argv.slice(2))
// Whatever an app's adapters still hold open does not keep a command line that is done. All that was said goes out first.
process.stdout.write("", () => process.exit(code))
