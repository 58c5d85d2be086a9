import { enableCompileCache } from "node:module"

// Before anything else is loaded: what was compiled once is only read from then on.
enableCompileCache()
const { run } = await import("./program.ts")
process.exitCode = await run(process.argv.slice(2))
