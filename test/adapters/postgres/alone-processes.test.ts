import { fork, type ChildProcess } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import type { PostgresOptions } from "../../../src/adapters/postgres/index.ts"
import { writer } from "../../../src/testing/writes.ts"
import { whenTestEnds } from "../../ending.ts"
import { aPlace, aServer, aStore } from "./place.ts"

const server = await aServer()

type Answer = { readonly t: number; readonly wasAlone: boolean }

/** A process of its own, which comes to be alone. */
async function start({ url, schema }: PostgresOptions, aloneMs: number): Promise<ChildProcess> {
  const child = fork(join(import.meta.dirname, "alone-process.ts"), [url, schema!, String(aloneMs)], { execArgv: [] })
  whenTestEnds(() => child.kill("SIGKILL"))
  await heard(child)
  return child
}

/** That it is alone. */
async function heard(child: ChildProcess): Promise<void> {
  for (;;) {
    const [message] = (await once(child, "message")) as [unknown]
    if (message === "alone") return
  }
}

async function asked(child: ChildProcess): Promise<Answer> {
  child.send("newest")
  for (;;) {
    const [message] = (await once(child, "message")) as [Answer | "alone"]
    if (message !== "alone") return message
  }
}

describe.skipIf(server === null)("two processes of the machine", { timeout: 60_000 }, () => {
  test("see what the other has committed, at once, and also after a sleep of which they know nothing [QS7]", async () => {
    const place = aPlace(server!)
    const store = await aStore({ ...place, aloneMs: 0 })
    const write = writer()
    await store.commit([write.put("a", {})])
    const reader = await start(place, 300)
    await store.commit([write.put("a", { n: 1 })])
    expect(await asked(reader)).toMatchObject({ t: 2 })

    const other = await start(place, 300)
    other.kill("SIGSTOP")
    await store.commit([write.put("a", { n: 2 })])
    await store.commit([write.put("a", { n: 3 })])
    const answer = asked(other)
    other.kill("SIGCONT")
    expect(await answer).toEqual({ t: 4, wasAlone: false })
  })

  test("wait for each other's end no longer than they said they would be alone", async () => {
    const place = aPlace(server!)
    const store = await aStore({ ...place, aloneMs: 0 })
    const write = writer()
    await store.commit([write.put("a", {})])
    const other = await start(place, 300)
    other.kill("SIGKILL")
    const times: number[] = []
    for (let n = 0; n < 2; n++) {
      const from = performance.now()
      await store.commit([write.put("a", { n })])
      times.push(performance.now() - from)
    }
    expect(times[0]).toBeGreaterThan(200)
    expect(times[1]).toBeLessThan(times[0]!)
  })
})
