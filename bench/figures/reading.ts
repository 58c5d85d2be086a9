import { benchApp, projectingApp } from "../app.ts"
import { emptyFolder, type Bench } from "../harness.ts"
import { fill, opened } from "../opened.ts"

const events = 1_000_000

/** Reading the whole log, and building a read model from it. */
export const reading: Bench = {
  name: "reading",
  says: "reading the whole log in order, and rebuilding a projection over it",
  async run(say) {
    const folder = emptyFolder("reading")
    const writing = await opened(benchApp, folder)
    await fill(writing, "Plain", events)
    await writing.close()

    const daybook = await opened(benchApp, folder)
    const before = performance.now()
    let read = 0
    for (let after = 0, isEnd = false; !isEnd;) {
      const page = await daybook.events(after, { limit: 1_000 })
      read += page.events.filter(({ event }) => event.data["quantity"] !== undefined).length
      after = page.reached
      isEnd = page.isEnd
    }
    say({
      figure: "reading the whole log in order, parsed",
      value: read / ((performance.now() - before) / 1_000),
      unit: "events/s",
      atLeast: 150_000,
    })
    await daybook.close()

    const projecting = await opened(projectingApp, folder)
    await projecting.waitFor(await projecting.basis(), { timeoutMs: 300_000 })
    const from = performance.now()
    await projecting.rebuild("per-quantity")
    say({
      figure: "rebuilding one projection over 1,000,000 events",
      value: (performance.now() - from) / 1_000,
      unit: "s",
      atMost: 20,
    })
    await projecting.close()
  },
}
