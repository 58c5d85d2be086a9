import { daybook } from "../app/define.ts"
import { evolutionOf } from "../app/evolve.ts"
import { verifyRebuild } from "../app/rebuild.ts"
import type { App } from "../kernel/app.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Finding } from "../ports/maintenance.ts"
import type { Store } from "../ports/store.ts"
import { loadFittingApp } from "./check-app.ts"
import { fitted } from "./fitted.ts"
import { caseApp } from "./import/case-app.ts"
import { openStore } from "./open-store.ts"
import type { Place } from "./options.ts"
import { counting, note, say } from "./print.ts"

/** Looks whether everything is as it was recorded; with the app, also whether its events still lead to its entities. */
export async function verify(options: Place & { app?: string; json?: boolean }): Promise<void> {
  const app = options.app === undefined ? null : (await loadFittingApp(options.app)).app
  const store = await openStore(options, "read")
  try {
    const findings: Finding[] = []
    for await (const finding of findingsOf(store, app)) {
      findings.push(finding)
      if (options.json !== true) await say(`${finding.check}: ${finding.sentence}`)
    }
    const clean = findings.length === 0
    // What is damaged may not be able to say how far it has got.
    const { t, hash } = clean ? await store.maintenance.chain() : await chainIn(store)
    if (options.json === true) await say(JSON.stringify({ clean, transactions: t, hash, findings }))
    else if (clean) await say(`clean: ${counting(t ?? 0, "transaction")}, chain ${hash}`)
    if (!clean) process.exitCode = 1
  } finally {
    await store.close()
  }
}

async function* findingsOf(store: Store, named: App | null): AsyncGenerator<Finding> {
  yield* store.maintenance.verify()
  try {
    const app = named ?? (await appKept(store))
    if (app === null) {
      note("Whether its events still lead to its entities is looked at with the app alone: name it with --app")
      return
    }
    const { routes, upcast } = fitted(app)
    const { faults, unwritable } = await evolutionOf(routes.schema, store, false)
    for (const { path, message } of [...faults, ...unwritable]) note(`${path}: ${message}`)
    yield* verifyRebuild(store, routes, upcast)
  } catch (error) {
    // What was found before counts all the same.
    if (!(error instanceof Refusal)) throw error
    yield { check: "rebuild", t: null, sentence: `The entities cannot be rebuilt: ${error.message}` }
  }
}

/** The app that a daybook can be rebuilt by without being told: where no code of its own says what its events mean. */
async function appKept(store: Store): Promise<App | null> {
  const schema = (await store.maintenance.schemas()).at(-1)?.schema
  if (schema === undefined || schema["name"] === caseApp.schema["name"]) return caseApp
  return schema["events"] === undefined && schema["commands"] === undefined ? daybook({ schema }) : null
}

async function chainIn(store: Store): Promise<{ t: number | null; hash: string | null }> {
  try {
    return await store.maintenance.chain()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    return { t: null, hash: null }
  }
}
