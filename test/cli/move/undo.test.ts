import { describe, expect, test } from "vitest"
import { aTransaction } from "../../../src/testing/writes.ts"
import { daybook } from "../binary.ts"
import { newEnd, opened, ways } from "./ends.ts"

async function written(end: string, ...ids: string[]): Promise<string> {
  const store = await opened(end)
  for (const id of ids) expect(await store.commit([aTransaction({ id })])).toMatchObject([{ kind: "done" }])
  await store.close()
  return end
}

describe.each(ways)("a move from %s to %s", (here, there) => {
  test("is not taken back while the target is served, and nothing there has changed then [N6]", async () => {
    const [from, to] = [await written(newEnd(here), "one"), newEnd(there)]
    const words = ["move", "--from", from, "--to", to]
    expect((await daybook(words)).code).toBe(0)

    // Whoever serves a database has leases there; a file has an owner.
    const target = await opened(to)
    const lease = await target.leases.take("serving", "a server", 60_000)
    const { code, err } = await daybook([...words, "--undo"])
    expect([code, err]).toEqual([1, expect.stringMatching(/is being served: end that first|is in use by/)])
    await target.leases.release("serving", "a server", lease!.epoch)
    await target.close()
    await written(to, "two")

    const late = await daybook([...words, "--undo"])
    expect([late.code, late.err]).toEqual([1, expect.stringContaining("has gone on to t 2")])
    await written(to, "three")
  })

  test("is taken back when nobody serves the target any more", async () => {
    const [from, to] = [await written(newEnd(here), "one"), newEnd(there)]
    const words = ["move", "--from", from, "--to", to]
    expect((await daybook(words)).code).toBe(0)
    const target = await opened(to)
    const lease = await target.leases.take("serving", "a server", 60_000)
    await target.leases.release("serving", "a server", lease!.epoch)
    await target.close()
    expect((await daybook([...words, "--undo"])).code).toBe(0)
    await written(from, "two")
    const back = await opened(to, "read")
    expect(await back.transfer.condition()).toBe("filling")
  })
})
