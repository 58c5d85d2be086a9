import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { benchApp } from "../app.ts"
import { closedLoop, type Bench, type Figure } from "../harness.ts"
import { add, change, fill, openedOn, scattered } from "../opened.ts"
import { handOver, together } from "../postgres-processes.ts"
import { startPostgres } from "../../src/testing/postgres-server.ts"

const folder = fileURLToPath(new URL("../peers/", import.meta.url))
const seconds = Number(process.env["BENCH_SECONDS"] ?? 4)
const wanted = [
  { callers: 1, atLeast: 800 },
  { callers: 16, atLeast: 4_000, times: 1.5 },
  { callers: 256, atLeast: 8_000, times: 2 },
]

type Say = (figure: Figure) => void
type Figures = ReadonlyMap<string, number>

let schemas = 0
const aSchema = (url: string) => ({ url, schema: `bench_${++schemas}` })

/**
 * The whole pipeline on a PostgreSQL of its own on this machine, that waits for the disk, beside the appends of others
 * on the same server. BENCH_SECONDS says how long each is measured.
 */
export const postgres: Bench = {
  name: "postgres",
  says: "commands, reading, several processes and hand-over on PostgreSQL, beside its peers",
  async run(say) {
    const settings = { synchronous_commit: "on", max_connections: "400" }
    const server = await startPostgres({ fsync: true, settings })
    if ("skipped" in server) return say({ figure: "PostgreSQL", value: 0, unit: "", note: server.skipped })
    try {
      const url = server.url()
      const theirs = peerFigures(url)
      for (const one of wanted) await creating(url, one, theirs, say)
      await longStreams(url, theirs, say)
      await twoProcesses(url, say)
      await reading(url, say)
      await handingOver(url, say)
    } finally {
      await server.remove()
    }
  },
}

async function creating(url: string, one: (typeof wanted)[number], theirs: Figures, say: Say): Promise<void> {
  const { callers, atLeast, times } = one
  const daybook = await openedOn(benchApp, aSchema(url))
  const load = await closedLoop(callers, seconds, i => add(daybook, "Plain", i))
  await daybook.close()
  const figure = `PostgreSQL: create, ${callers} callers`
  const peers = peersOf(theirs, `append, ${callers} callers`)
  say({ figure, value: load.perSecond, unit: "commands/s", atLeast, ...(peers && { peers }) })
  if (callers === 256) say({ figure: `${figure}, p99`, value: load.p99Ms, unit: "ms" })
  if (peers !== null && times !== undefined)
    ahead(`${figure}, to the best peer's append`, load.perSecond, peers, times, say)
}

async function longStreams(url: string, theirs: Figures, say: Say): Promise<void> {
  const daybook = await openedOn(benchApp, aSchema(url))
  const streams = 50
  await fill(daybook, "Plain", streams)
  for (let round = 1; round < 100; round++) {
    await Promise.all(Array.from({ length: streams }, (_, i) => change(daybook, "Plain", i, round)))
  }
  const load = await closedLoop(16, seconds, i => change(daybook, "Plain", scattered(i, streams), i))
  await daybook.close()
  const figure = "PostgreSQL: commands on entities with 100 events, 16 callers"
  const peers = peersOf(theirs, "command on 100 events, 16 callers")
  say({ figure, value: load.perSecond, unit: "commands/s", atLeast: 4_000, ...(peers && { peers }) })
  if (peers !== null) ahead(`${figure}, to the best peer's`, load.perSecond, peers, 4, say)
}

async function twoProcesses(url: string, say: Say): Promise<void> {
  for (const callers of [16, 128]) {
    const [one = NaN] = await together(1, { ...aSchema(url), callers, seconds })
    const both = await together(2, { ...aSchema(url), callers, seconds })
    const value = both.reduce((sum, each) => sum + each, 0)
    const note = `alone ${Math.round(one).toLocaleString("en")}`
    const figure = `PostgreSQL: two processes at once, ${callers} callers each`
    say({ figure, value, unit: "commands/s", note })
    say({ figure: `${figure}, to one alone`, value: value / one, unit: "times", atLeast: 1 })
  }
}

async function reading(url: string, say: Say): Promise<void> {
  const events = seconds < 2 ? 20_000 : 200_000
  const place = aSchema(url)
  const writing = await openedOn(benchApp, place)
  await fill(writing, "Plain", events)
  await writing.close()
  const daybook = await openedOn(benchApp, place)
  const before = performance.now()
  let read = 0
  for (let after = 0, isEnd = false; !isEnd;) {
    const page = await daybook.events(after, { limit: 1_000 })
    read += page.events.filter(({ event }) => event.data["quantity"] !== undefined).length
    after = page.reached
    isEnd = page.isEnd
  }
  const value = read / ((performance.now() - before) / 1_000)
  await daybook.close()
  say({ figure: "PostgreSQL: reading the whole log in order, parsed", value, unit: "events/s", atLeast: 100_000 })
}

async function handingOver(url: string, say: Say): Promise<void> {
  const figure = "PostgreSQL: from a commit to a processor in another process, p99"
  const rung = await handOver({ ...aSchema(url), seconds, doorbell: true })
  say({ figure: `${figure}, with the doorbell`, value: rung, unit: "ms", atMost: 25 })
  const found = await handOver({ ...aSchema(url), seconds: Math.max(seconds, 4), doorbell: false })
  say({ figure: `${figure}, without`, value: found, unit: "ms", atMost: 1_500 })
}

function ahead(
  figure: string,
  value: number,
  peers: Readonly<Record<string, number>>,
  atLeast: number,
  say: Say,
): void {
  say({ figure, value: value / Math.max(...Object.values(peers)), unit: "times", atLeast })
}

/** What the peers did of one kind; null: they are not there. */
function peersOf(theirs: Figures, what: string): Readonly<Record<string, number>> | null {
  const found = [...theirs].filter(([figure]) => figure.endsWith(` ${what}`))
  if (found.length === 0) return null
  return Object.fromEntries(found.map(([figure, value]) => [figure.slice(0, -what.length - 1), value]))
}

/** The figures of others on the same server. They are installed apart: npm run bench:peers. */
function peerFigures(url: string): Figures {
  if (!existsSync(`${folder}node_modules/@event-driven-io/emmett-postgresql`)) return new Map()
  const server = url.slice(0, url.lastIndexOf("/"))
  const { stdout, stderr, status } = spawnSync(process.execPath, ["postgres.mjs", server], {
    cwd: folder,
    encoding: "utf8",
    timeout: 300_000,
  })
  if (status !== 0) console.error(stderr)
  const lines = stdout.trim().split("\n").filter(Boolean)
  return new Map(lines.map(line => JSON.parse(line) as { figure: string; value: number }).map(f => [f.figure, f.value]))
}
