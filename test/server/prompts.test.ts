import { expect, test } from "vitest"
import { daybook as define, openDaybook, partsOf } from "../../src/index.ts"
import { createServer } from "../../src/server/server.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"
import { testStore } from "../../src/testing/test-store.ts"
import { answer } from "./serving.ts"

test("GET /prompts tells what to put before somebody, with its t, and nobody else's [W11 HA1]", async () => {
  const schema = { daybook: 1, name: "s", version: 1, entities: { Person: { attributes: {} } } } as const
  const { prompt, query } = partsOf(schema)
  const app = define({
    schema,
    prompts: [prompt("hello", { order: 1, when: ({ owner, commands }) => ({ text: `${owner} ${commands.length}` }) })],
    queries: [query("find", { record: true, run: () => [] })],
  })
  const clock = simulatedClock()
  const running = await openDaybook(app, { store: await testStore(clock), clock, ids: seededIds() })
  const server = await createServer(running, { dev: true, host: "127.0.0.1", port: 0 })
  const as = (who: string, path: string) => answer(fetch(server.url + path, { headers: { "Daybook-As": who } }))
  const items = [{ prompt: "hello", order: 1, text: "ann 0" }]
  expect(await as("ann", "/prompts")).toMatchObject({ status: 200, body: { basisT: expect.any(Number), items } })
  expect((await as("ann", "/prompts?owner=ann")).body["items"]).toEqual(items)
  expect((await as("system", "/prompts?owner=ann")).body["items"]).toEqual(items)
  expect(await as("ann", "/prompts?owner=bob")).toMatchObject({ status: 403, body: { code: "forbidden" } })
  expect(await as("ann", "/prompts?ownr=bob")).toMatchObject({ status: 400 })
  // Its t, for what is asked about it when more has come.
  const { basisT } = (await as("ann", "/prompts")).body
  const found = await fetch(`${server.url}/query`, {
    method: "POST",
    headers: { "Daybook-As": "ann", "content-type": "application/json" },
    body: JSON.stringify({ name: "find" }),
  })
  expect(found.status).toBe(200)
  expect((await as("ann", "/prompts")).body["items"]).toEqual([{ prompt: "hello", order: 1, text: "ann 1" }])
  expect(await as("ann", `/prompts?asOf=${String(basisT)}`)).toMatchObject({ status: 200, body: { basisT, items } })
  expect(await as("ann", "/prompts?asOf=soon")).toMatchObject({ status: 400 })
  await server.close()
  await running.close()
})
