import { verifyRebuild } from "../app/rebuild.ts"
import type { Finding } from "../ports/maintenance.ts"
import type { Store } from "../ports/store.ts"
import { loadFittingApp } from "./check-app.ts"
import { fitted, type Fitted } from "./fitted.ts"
import { openStore } from "./open-store.ts"
import type { Place } from "./options.ts"
import { counting, say } from "./print.ts"

/** Looks whether everything is as it was recorded; with the app, also whether its events still lead to its entities. */
export async function verify(options: Place & { app?: string; json?: boolean }): Promise<void> {
  const tables = options.app === undefined ? null : fitted((await loadFittingApp(options.app)).app)
  const store = await openStore(options, "read")
  try {
    const findings: Finding[] = []
    for await (const finding of findingsOf(store, tables)) {
      findings.push(finding)
      if (options.json !== true) await say(`${finding.check}: ${finding.sentence}`)
    }
    const { t, hash } = await store.maintenance.chain()
    const clean = findings.length === 0
    if (options.json === true) await say(JSON.stringify({ clean, transactions: t, hash, findings }))
    else if (clean) await say(`clean: ${counting(t, "transaction")}, chain ${hash}`)
    if (!clean) process.exitCode = 1
  } finally {
    await store.close()
  }
}

async function* findingsOf(store: Store, tables: Fitted | null): AsyncGenerator<Finding> {
  yield* store.maintenance.verify()
  if (tables !== null) yield* verifyRebuild(store, tables.routes, tables.upcast)
}
