import { adriftOf, adriftSentence } from "../app/adrift.ts"
import { evolutionOf } from "../app/evolve.ts"
import { compileSchema } from "../schema/compile.ts"
import { parseSchema } from "../schema/parse.ts"
import { loadFittingApp } from "./check-app.ts"
import { openStore } from "./open-store.ts"
import type { Place } from "./options.ts"
import { counting, say } from "./print.ts"

/** Says everything in which an app does not fit what is stored, and starts nothing. */
export async function check(path: string, options: Place & { alter?: boolean; json?: boolean }): Promise<void> {
  const { alter = false, json = false } = options
  const { app } = await loadFittingApp(path)
  const schema = compileSchema(parseSchema(app.schema))
  const store = await openStore(options, "read")
  try {
    const { from, faults, unwritable, lookups } = await evolutionOf(schema, store, alter)
    const adrift = await adriftOf(app.workflows, store)
    const standing = [...faults, ...(alter ? [] : unwritable), ...adrift]
    const rebuilt = lookups.filter(({ lookup }) => lookup).map(({ fullName }) => fullName)
    if (json) {
      const facts = { from, to: schema.version, faults, unwritable, adrift, lookups: rebuilt }
      await say(JSON.stringify({ fits: standing.length === 0, ...facts }))
    } else {
      for (const { path: at, message } of [...faults, ...unwritable]) await say(`${at}: ${message}`)
      for (const one of adrift) await say(adriftSentence(one))
      if (rebuilt.length > 0) await say(`to be made ready before it is served: ${rebuilt.join(", ")}`)
      if (standing.length > 0) await say(`does not fit: ${counting(standing.length, "fault")}`)
      else await say(from === null ? "fits: nothing changes" : `fits: version ${from} becomes ${schema.version}`)
    }
    if (standing.length > 0) process.exitCode = 1
  } finally {
    await store.close()
  }
}
