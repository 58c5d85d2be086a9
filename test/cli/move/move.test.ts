import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { text } from "node:stream/consumers"
import { describe, expect, test } from "vitest"
import { Copy } from "../../../src/cli/move/copy.ts"
import { prepareTarget } from "../../../src/cli/move/target.ts"
import { aTransaction } from "../../../src/testing/writes.ts"
import { daybook, folder, start } from "../binary.ts"
import { contents, newEnd, opened, ways } from "./ends.ts"
import { fillMarket, setTimers } from "./market.ts"

async function market(end: string, rounds = 5): Promise<string> {
  await fillMarket(async () => opened(end), rounds)
  const store = await opened(end)
  await setTimers(store)
  await store.close()
  return end
}

/** A log to be imported. */
function aLog(): string {
  const path = join(folder(), "log.csv")
  writeFileSync(path, "case,activity\n1,paid\n")
  return path
}

const verbOn = (end: string) => (end.startsWith("postgres") ? ["--store", end] : ["--data", end])

describe.each(ways)("from %s to %s", (here, there) => {
  test("everything is there as it was recorded, and only the target may be served [N6]", async () => {
    const [from, to] = [await market(newEnd(here)), newEnd(there)]
    const before = await contents(from)
    const moved = await daybook(["move", "--from", from, "--to", to, "--json"])
    expect([moved.err, moved.code]).toEqual(["", 0])
    expect(JSON.parse(moved.out)).toMatchObject({ ...before.holdings })

    const after = await contents(to)
    expect(after).toEqual(before)
    expect(before.holdings).toMatchObject({ timers: 3, parked: 4, refusals: 10, checkpoints: 1, archived: 5 })

    const left = await daybook(["import", aLog(), ...verbOn(from)])
    expect([left.code, left.err]).toEqual([1, expect.stringContaining("was moved elsewhere: serve it there")])
    const again = await daybook(["move", "--from", from, "--to", to])
    expect([again.code, again.out]).toEqual([0, expect.stringContaining("may be served now")])
    expect((await daybook(["move", "--from", from, "--to", newEnd(there)])).err).toContain("moved elsewhere already")
  })

  test("what was interrupted is not served, and goes on where it was", async () => {
    const [from, to] = [await market(newEnd(here)), newEnd(there)]
    const before = await contents(from)
    const [source, target] = [await opened(from, "read"), await opened(to)]
    expect(await prepareTarget(source, target)).toBe("filling")
    const copy = await Copy.behind(source, target)
    // Up to where the second schema comes into force.
    expect(await copy.step()).toBe(true)
    expect(copy.reached).toBe(26)
    await target.transfer.addAside([{ kind: "checkpoint", consumer: "left over", reached: 1 }])
    await Promise.all([source.close(), target.close()])

    const unfinished = await daybook(["import", aLog(), ...verbOn(to)])
    expect([unfinished.code, unfinished.err]).toEqual([1, expect.stringContaining("is not whole yet")])
    const moved = await daybook(["move", "--from", from, "--to", to])
    expect([moved.err, moved.code]).toEqual(["", 0])
    expect(await contents(to)).toEqual(before)
  })

  test("a move is taken back as long as nothing was written at the target", async () => {
    const [from, to] = [await market(newEnd(here), 2), newEnd(there)]
    const words = ["move", "--from", from, "--to", to]
    expect((await daybook(words)).code).toBe(0)
    expect((await daybook([...words, "--undo"])).code).toBe(0)
    const source = await opened(from)
    await source.commit([aTransaction({ id: "after all" })])
    await source.close()

    expect((await daybook(words)).code).toBe(0)
    const target = await opened(to)
    await target.commit([aTransaction({ id: "gone on" })])
    await target.close()
    const { code, err } = await daybook([...words, "--undo"])
    expect([code, err]).toEqual([1, expect.stringContaining("has gone on to t 23")])
  })

  test("what is written while it is followed comes along, and it ends when nobody writes any more", async () => {
    const [from, to] = [await market(newEnd(here), 2), newEnd(there)]
    const source = await opened(from)
    // Whoever serves a database has leases there; a file has an owner.
    const lease = await source.leases.take("serving", "a server", 60_000)
    const child = start(["move", "--from", from, "--to", to, "--follow"])
    const [out, exit] = [text(child.stdout!), once(child, "exit")]
    const [said] = (await once(child.stderr!, "data")) as [Buffer]
    expect(String(said)).toContain("Everything is there up to t 21")
    await source.commit([aTransaction({ id: "meanwhile" }), aTransaction({ id: "meanwhile too" })])
    await source.leases.release("serving", "a server", lease!.epoch)
    await source.close()
    expect([await exit, await out]).toEqual([[0, null], expect.stringContaining("23 transactions")])
    expect((await contents(to)).transactions).toEqual((await contents(from)).transactions)
  })

  test("without a word about it, nothing is taken from whoever serves it", async () => {
    const [from, to] = [await market(newEnd(here), 1), newEnd(there)]
    const source = await opened(from)
    await source.leases.take("serving", "a server", 60_000)
    const { code, err } = await daybook(["move", "--from", from, "--to", to])
    expect([code, err]).toEqual([1, expect.stringMatching(/is being served|is in use by/)])
    expect(await source.commit([aTransaction({ id: "still" })])).toMatchObject([{ kind: "done" }])
  })

  test("a target that holds something else, or another history, is left as it is", async () => {
    const [from, other] = [await market(newEnd(here), 1), await market(newEnd(there), 2)]
    const taken = await daybook(["move", "--from", from, "--to", other])
    expect([taken.code, taken.err]).toEqual([2, expect.stringContaining("holds a daybook already")])
    const target = await opened(other)
    await target.transfer.setCondition("filling")
    await target.close()
    const strange = await daybook(["move", "--from", from, "--to", other])
    expect([strange.code, strange.err]).toEqual([1, expect.stringContaining("another history")])
  })

  if (here === "a folder") return

  test("whoever still writes is refused from the finish on [X13]", async () => {
    const [from, to] = [await market(newEnd(here), 1), newEnd(there)]
    const other = await opened(from)
    await other.leases.take("serving", "a server", 60_000)
    expect((await daybook(["move", "--from", from, "--to", to, "--finish"])).code).toBe(0)
    const late = Promise.resolve(other.commit([aTransaction({ id: "late" })]))
    await expect(late).rejects.toMatchObject({
      code: "unavailable",
      message: expect.stringContaining("moved elsewhere"),
    })
    const reached = { kind: "deliveries", consumer: "late", reached: 1, parked: [], done: [] } as const
    await expect(Promise.resolve(other.commit([reached]))).rejects.toMatchObject({ code: "unavailable" })
  })
})

test.each([
  ["a source that is not there", () => [join(folder(), "nowhere"), newEnd("a folder")], "There is no daybook in"],
  ["a source in memory", () => [":memory:", newEnd("a folder")], "cannot be moved"],
  ["the same place twice", () => ["data", "data"], "the same place"],
  ["a database of another kind", () => ["mysql://localhost/x", newEnd("a folder")], "There is no daybook in"],
])("%s is bad input", async (_what, ends, sentence) => {
  const [from, to] = ends() as [string, string]
  const { code, err } = await daybook(["move", "--from", from, "--to", to])
  expect([code, err]).toEqual([2, expect.stringContaining(sentence)])
})
