import { expect, test } from "vitest"
import { sqliteStore } from "../../src/adapters/sqlite/index.ts"
import { writer, type Putting } from "../../src/testing/writes.ts"

const [transactions, each] = [100, 1_000]
const id = (t: number, n: number) => `thing-${t}-${n}`

test("a hundred thousand streams are so many small ones: each goes on by itself, and is found at once [N10]", async () => {
  const store = sqliteStore({ path: ":memory:" })
  const writing = writer()
  for (let t = 0; t < transactions; t++) {
    const things = Array.from({ length: each }, (_, n): Putting => [id(t, n), { size: n }])
    expect(store.commit([writing.puts(things)])).toMatchObject([{ kind: "done" }])
  }
  store.commit([writing.put(id(77, 777), { size: 0 }), writing.put(id(0, 0), { size: 1 })])
  expect(store.basis()).toBe(transactions + 2)

  const began = performance.now()
  const versionsOf = async (stream: string) =>
    (await store.log.stream(stream, 1, 10)).events.map(event => event.stream.version)
  expect(await versionsOf(id(77, 777))).toEqual([1, 2])
  expect(await versionsOf(id(99, 999))).toEqual([1])
  // Far more than finding two streams takes, and far less than looking through all of them.
  expect(performance.now() - began).toBeLessThan(50)
  store.close()
})
