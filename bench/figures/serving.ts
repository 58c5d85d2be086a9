import { readFileSync } from "node:fs"
import { setTimeout } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { benchApp, dataOf } from "../app.ts"
import { closedLoop, emptyFolder, residentMb, type Bench, type Figure } from "../harness.ts"
import { httpConnection } from "../http-client.ts"
import { fill, opened } from "../opened.ts"
import { served, stopped } from "../served.ts"

const app = fileURLToPath(new URL("../serve-app.ts", import.meta.url))

/** The server as a process of its own: commands over HTTP, how soon it is ready, and what it holds when idle. */
export const serving: Bench = {
  name: "serving",
  says: "commands over HTTP, start and memory of the server",
  async run(say) {
    await overHttp(say)
    await starting(say)
  },
}

async function overHttp(say: (figure: Figure) => void): Promise<void> {
  const server = await served(app, emptyFolder("http"))
  const connections = Array.from({ length: 64 }, () => httpConnection(server.port))
  const free = [...connections]
  const load = await closedLoop(64, 5, async i => {
    const connection = free.pop()!
    const command = { type: "AddPlain", target: { type: "Plain", id: `Plain-${i}` }, data: dataOf(i) }
    const status = await connection.post("/commands", JSON.stringify(command))
    if (status !== 200) throw new Error(`POST /commands answered ${status}`)
    free.push(connection)
  })
  for (const connection of connections) connection.close()
  await stopped(server.process)
  say({ figure: "create over HTTP, 64 connections", value: load.perSecond, unit: "commands/s", atLeast: 6_000 })
  say({ figure: "create over HTTP, 64 connections, p99", value: load.p99Ms, unit: "ms" })
}

async function starting(say: (figure: Figure) => void): Promise<void> {
  const folder = emptyFolder("million")
  const daybook = await opened(benchApp, folder)
  await fill(daybook, "Plain", 1_000_000)
  await daybook.close()
  const before = performance.now()
  const server = await served(app, folder)
  say({
    figure: "serve ready on a file with 1,000,000 transactions",
    value: (performance.now() - before) / 1_000,
    unit: "s",
    atMost: 1.5,
  })
  await setTimeout(2_000)
  const mb = residentMb(server.process.pid, path => readFileSync(path, "utf8"))
  say({ figure: "memory when idle on it", value: mb, unit: "MB", atMost: 150 })
  await stopped(server.process)
}
