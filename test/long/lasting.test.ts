import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { newFolder, run, serve, type Served } from "./served.ts"

const app = fileURLToPath(new URL("lasting-app.ts", import.meta.url))
const relays = Number(process.env["DAYBOOK_LONG_RELAYS"] ?? 4_000)
const listeners = 500
const headers = { "content-type": "application/json", "Daybook-As": "system", Prefer: "respond-async" }

type Item = { readonly id: string; readonly state: string; readonly result: unknown; readonly parent: string | null }

async function post(server: Served, path: string, body: unknown): Promise<void> {
  const response = await fetch(`${server.url}${path}`, { method: "POST", headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
}

async function all(server: Served, query: string): Promise<readonly Item[]> {
  const items: Item[] = []
  for (let after: string | null = ""; after !== null;) {
    const rest = after === "" ? "" : `&after=${after}`
    const response: Response = await fetch(`${server.url}/commands?${query}&limit=200${rest}`, { headers })
    const page = (await response.json()) as { items: readonly Item[]; next: string | null }
    items.push(...page.items)
    after = page.next
  }
  return items
}

const isUnfinished = async (server: Served) => {
  const response = await fetch(`${server.url}/commands?type=Relay&state=waiting&limit=1`, { headers })
  return ((await response.json()) as { items: readonly Item[] }).items.length > 0
}

test(`a server that is killed again and again brings ${relays} relays to the ends that they would have had [W22 W47 X12]`, async () => {
  const data = newFolder()
  const starts: number[] = []
  let [kills, isAsked] = [0, false]
  for (;;) {
    const from = performance.now()
    const server = await serve(app, data)
    starts.push(performance.now() - from)
    if (!isAsked) {
      const command = (type: string, n: number) => ({ id: `${type}-${n}`, type, target: null, data: { n } })
      for (let n = 0; n < relays; n += 500) {
        await post(
          server,
          "/commands",
          Array.from({ length: Math.min(500, relays - n) }, (_, i) => command("Relay", n + i)),
        )
      }
      await post(
        server,
        "/commands",
        Array.from({ length: listeners }, (_, n) => command("Listener", n)),
      )
      isAsked = true
    } else if (!(await isUnfinished(server))) {
      await post(server, "/events", { id: "over", type: "Over", data: {} })
      await server.kill("SIGKILL")
      break
    }
    await setTimeout(20 + ((++kills * 73) % 250))
    await server.kill("SIGKILL")
  }
  const last = await serve(app, data)
  await post(last, "/events", { id: "over", type: "Over", data: {} })
  for (let n = 0; n < 200 && (await all(last, "type=Listener&state=waiting")).length > 0; n++) await setTimeout(50)

  const ended = await all(last, "type=Relay")
  expect(ended).toHaveLength(relays)
  for (const { id, state, result } of ended) {
    const n = Number(id.split("-")[1])
    // Two legs of n each, and one who ran twice that.
    expect([id, state, result]).toEqual([id, "succeeded", { legs: n * 4, ran: n * 2 }])
  }
  // Nothing was asked for twice.
  const [legs, runs] = [await all(last, "type=Leg"), await all(last, "type=Run")]
  expect([legs.length, runs.length]).toEqual([relays * 2, relays * 2])
  expect(new Set([...legs, ...runs].map(({ state }) => state))).toEqual(new Set(["succeeded"]))
  const heard = await all(last, "type=Listener")
  expect(heard.map(({ state }) => state)).toEqual(Array(listeners).fill("succeeded"))
  await last.kill("SIGTERM")
  expect(kills).toBeGreaterThan(2)
  expect(Math.max(...starts)).toBeLessThan(10_000)
  const verified = run("verify", "--app", app, "--data", data)
  expect([verified.code, verified.out]).toEqual([0, expect.stringContaining("clean")])
  process.stderr.write(`killed ${kills} times; started in ${starts.map(ms => Math.round(ms)).join(", ")} ms\n`)
}, 600_000)
