import type { Store } from "../../src/ports/store.ts"
import { testApp, type TestApp } from "../../src/testing/app.ts"
import { testStore } from "../../src/testing/test-store.ts"
import { aBank, script, trips, type Action } from "./trips.ts"

/** What goes wrong while the script is played. */
export type Trouble = {
  /** The commit after which nothing is heard of the application any more, until it is started again. */
  readonly lastCommit?: number
  /** Comes before each of the actions. */
  readonly before?: (running: TestApp, store: Store) => Promise<void> | void
}

const never = new Promise<never>(() => {})

type Mortal = { isUp: boolean; isDown: boolean; count: number; fell: PromiseWithResolvers<void> }

function mortalStore(inner: Store, mortal: Mortal, lastCommit: number): Store {
  const commit: Store["commit"] = async writes => {
    if (mortal.isDown) return never
    const isLast = mortal.isUp && ++mortal.count === lastCommit
    mortal.isDown = isLast
    const outcome = await inner.commit(writes)
    if (!isLast) return outcome
    mortal.fell.resolve()
    return never
  }
  return { ...inner, commit, close: async () => {} }
}

async function act(running: TestApp, action: Action): Promise<"done"> {
  if (action.kind === "ask") await running.ask(action.request, { id: action.id, as: action.as })
  else if (action.kind === "abort") await running.daybook.abort(action.id, "system", "rain")
  await running.settle()
  return "done"
}

/** Does something, and does it again after a start if the application falls meanwhile. */
async function insist(running: TestApp, action: Action, mortal: Mortal): Promise<void> {
  for (;;) {
    if (action.kind === "until") await running.clock.set(action.at)
    if (!mortal.isDown) {
      const acting = act(running, action)
      acting.catch(() => undefined)
      if ((await Promise.race([acting, mortal.fell.promise])) === "done") return
    }
    mortal.isDown = false
    mortal.fell = Promise.withResolvers()
    await running.restart()
  }
}

/** Plays the script to its end, and says how everything ended. */
export async function play({ lastCommit = Infinity, before = () => {} }: Trouble = {}) {
  const mortal: Mortal = { isUp: false, isDown: false, count: 0, fell: Promise.withResolvers() }
  const bank = aBank()
  const opened: Store[] = []
  const running = await testApp(trips, {
    adapters: { bank },
    async store(clock) {
      if (opened.length === 0) {
        const inner = await testStore(clock)
        opened.push(mortalStore(inner, mortal, lastCommit), inner)
      }
      return opened[0]!
    },
  })
  mortal.isUp = true
  for (const action of script) {
    await before(running, opened[0]!)
    await insist(running, action, mortal)
  }
  const ends = await endsOf(running)
  const findings = []
  for await (const finding of running.daybook.verify()) findings.push(finding)
  await running.close()
  await opened[1]!.close()
  return { count: mortal.count, told: { ends, paid: bank.paid.size, findings } }
}

async function endsOf(running: TestApp) {
  const commands = await running.daybook.commands({ limit: 200 })
  const ends = commands.map(({ command, parent, owner, state: end, result, error }) => {
    return { id: command.id, type: command.type, parent, owner, end, result, error }
  })
  return ends.toSorted((a, b) => (a.id < b.id ? -1 : 1))
}
