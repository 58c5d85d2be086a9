import { daybook } from "../app/define.ts"
import { evolutionOf } from "../app/evolve.ts"
import { verifyRebuild } from "../app/rebuild.ts"
import type { App } from "../kernel/app.ts"
import { Refusal } from "../kernel/refusal.ts"
import type { Finding } from "../ports/maintenance.ts"
import type { Store } from "../ports/store.ts"
import type { MovableStore } from "../ports/transfer.ts"
import { loadFittingApp } from "./check-app.ts"
import { fitted } from "./fitted.ts"
import { caseApp } from "./import/case-app.ts"
import { openStore } from "./open-store.ts"
import type { Noted, Place } from "./options.ts"
import { counting, note, say } from "./print.ts"

type Options = Place & { readonly app?: string; readonly noted?: Noted; readonly json?: boolean }

/**
 * Looks whether everything is as it was recorded; with the app, also whether its events still lead to its entities; and with
 * what an earlier run said, whether the log still has all that it had then.
 */
export async function verify(options: Options): Promise<void> {
  const app = options.app === undefined ? null : (await loadFittingApp(options.app)).app
  const store = await openStore(options, "read")
  try {
    const findings: Finding[] = []
    for await (const finding of findingsOf(store, app, options.noted)) {
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

async function* findingsOf(store: MovableStore, named: App | null, noted?: Noted): AsyncGenerator<Finding> {
  yield* store.maintenance.verify()
  if (noted !== undefined) yield* lost(store, noted)
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

// A log that ends earlier is as whole as any: what it once had, only who has noted it can tell.
async function* lost({ transfer }: MovableStore, { t, hash }: Noted): AsyncGenerator<Finding> {
  const [there] = await transfer.transactions(t - 1, 1)
  if (there?.t === t && there.hash === hash) return
  const what = there?.t === t ? "is another one" : "is gone"
  yield { check: "chain", t, sentence: `Transaction ${t} ${what}: it was noted with the hash ${hash}` }
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
