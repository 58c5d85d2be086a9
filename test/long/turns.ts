import { setTimeout as pause } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { expect } from "vitest"
import type { Served } from "./served.ts"

export const turnsApp = fileURLToPath(new URL("turns-app.ts", import.meta.url))

const headers = { "content-type": "application/json", "Daybook-As": "system" }

/** Asks one of several servers, and another one where it is gone, until somebody says yes. What is asked has an id, so that it is done once. */
export async function insist(servers: () => readonly Served[], path: string, body: object): Promise<void> {
  for (let n = 0; n < 400; n++) {
    const up = servers()
    const server = up[n % up.length]!
    const init = { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(3_000) }
    const answer = await fetch(server.url + path, init).catch(() => null)
    if (answer?.ok === true) return
    await pause(50)
  }
  throw new Error(`Nobody takes ${JSON.stringify(body)}`)
}

/** A lasting command as one of the servers tells it. */
export async function told(
  server: Served,
  id: string,
): Promise<{ state: string; data: { got: string[] }; result: string[] }> {
  const answer = await fetch(`${server.url}/commands/${id}`, { headers })
  expect(answer.status).toBe(200)
  return (await answer.json()) as { state: string; data: { got: string[] }; result: string[] }
}

/** Waits until it is at its end. */
export async function endOf(server: Served, id: string, ms = 60_000): Promise<readonly string[]> {
  for (const until = Date.now() + ms; Date.now() < until; await pause(50)) {
    const { state, result } = await told(server, id)
    if (state === "succeeded") return result
  }
  throw new Error(`${id} has not ended: ${JSON.stringify(await told(server, id))}`)
}
