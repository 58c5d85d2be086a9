import { describe, expect, test } from "vitest"
import type { Journal } from "../../../src/ports/journal.ts"
import { Refusal } from "../../../src/kernel/refusal.ts"
import type { Store } from "../../../src/ports/store.ts"
import { aDelivery, aTransaction, anEvent, writer } from "../../../src/testing/writes.ts"
import { whenTestEnds } from "../../ending.ts"
import { aPlace, aServer, aStore, findings } from "./place.ts"
import { proxyTo, type Cut } from "./proxy.ts"

const server = await aServer()
const mark = "The mark in what is committed"

async function behindProxy(journal?: Journal) {
  const proxy = await proxyTo(server!.port, mark)
  whenTestEnds(() => proxy.close())
  const place = aPlace(server!)
  const direct = await aStore(place)
  const url = server!.url().replace(`:${server!.port}`, `:${proxy.port}`)
  return { proxy, direct, store: await aStore({ ...place, url, ...(journal && { journal }) }) }
}

describe.skipIf(server === null)("a connection that is lost", { timeout: 60_000 }, () => {
  test.each<Cut>(["before", "during", "after"])("%s a commit is no answer: it is there once [TR4]", async cut => {
    const lines: string[] = []
    const line = (sentence: string) => void lines.push(sentence)
    const { proxy, store, direct } = await behindProxy({ info: line, warn: line, error: line })
    const write = writer()
    await store.commit([write.put("a", { n: 0 })])
    proxy.cut = cut
    const outcomes = await store.commit([write.put("a", { mark }), aDelivery({ reached: 7 }), write.put("b", {})])
    expect(outcomes).toMatchObject([
      { kind: "done", t: 2 },
      { kind: "done", t: 2 },
      { kind: "done", t: 3 },
    ])
    expect(await direct.basis()).toBe(3)
    expect(await direct.deliveries.reached("consumer")).toBe(7)
    expect((await store.commit([write.put("a", { n: 2 })]))[0]).toMatchObject({ kind: "done", t: 4 })
    expect(lines).toContain("The connection to the database broke during a commit: it is looked for")
    expect(await findings(direct)).toEqual([])
  })

  test("with a batch in which one drops out leaves the others in their places", async () => {
    const { proxy, store } = await behindProxy()
    const write = writer()
    proxy.cut = "after"
    const stale = aTransaction({ id: "stale", events: [anEvent({ stream: { id: "x", version: 9 } })] })
    const outcomes = await store.commit([write.put("a", { mark }), stale, write.put("b", {})])
    expect(outcomes).toMatchObject([{ kind: "done", t: 1 }, { kind: "conflict" }, { kind: "done", t: 2 }])
  })

  test("among reads is made anew, and the reader does not notice", async () => {
    const { proxy, store } = await behindProxy()
    await store.commit([writer().put("a", { name: "x" })])
    proxy.cut = "before"
    expect(await store.entities.holders("Thing/name", mark)).toEqual([])
    expect(await store.entities.holders("Thing/name", "x")).toEqual(["a"])
  })

  test("thirty times at random among two processes loses and doubles nothing [N9]", async () => {
    const { proxy, store, direct } = await behindProxy()
    const cuts: readonly Cut[] = ["before", "during", "after", "none"]
    const both = async (i: number) => {
      proxy.cut = cuts[(i * 7) % 4]!
      const commit = async (s: Store, who: string) => s.commit([writer(`${who}${i}`).put(`${who}-${i}`, { mark })])
      return (await Promise.all([commit(store, "a"), commit(direct, "b")])).flat()
    }
    for (let i = 0; i < 30; i++) expect((await both(i)).map(({ kind }) => kind)).toEqual(["done", "done"])
    expect(await direct.basis()).toBe(60)
    expect(await findings(direct)).toEqual([])
  })
})

describe.skipIf(server === null)("a server that is killed and started again", { timeout: 60_000 }, () => {
  test("has everything that was answered with done, and nothing that was refused [N9]", async () => {
    const place = aPlace(server!)
    const [one, other] = [await aStore(place), await aStore(place)]
    const done = new Map<string, number>()
    const refused: string[] = []
    const working = { goOn: true }
    const thrown: unknown[] = []
    const work = [one, other, one, other].map(async (store, w) => {
      for (let i = 0; working.goOn; i++) {
        const write = writer(`c${w}-${i}`).put(`thing-${w}-${i}`, { w, i })
        const { id } = write.instance.command
        try {
          const [outcome] = await store.commit([write])
          if (outcome?.kind === "done") done.set(id, outcome.t)
        } catch (error) {
          thrown.push(error)
          refused.push(id)
        }
      }
    })
    for (let round = 0; round < 3; round++) {
      const enough = done.size + 40
      while (done.size < enough) await one.commit([aDelivery({ reached: round })])
      await server!.stop("immediate")
      await server!.start()
    }
    const enough = done.size + 40
    while (done.size < enough) await one.basis()
    working.goOn = false
    await Promise.all(work)
    expect(thrown.every(error => error instanceof Refusal)).toBe(true)

    const kept = await one.commands.find([...done.keys()])
    expect(kept.map(instance => instance?.t)).toEqual([...done.values()])
    expect((await one.commands.find(refused)).every(instance => instance === null)).toBe(true)
    expect(await one.basis()).toBe(done.size)
    expect(await findings(other)).toEqual([])
  })
})
