import { startPostgres } from "../../src/testing/postgres-server.ts"
import { emptyFolder, type Bench, type Figure } from "../harness.ts"
import { killedWithMuchInHand } from "../lasting-killed.ts"
import { lastingApp } from "../lasting-app.ts"
import { all, each, lasting, latenessAlone, latenessAtOnce, quantile, wakingLateness } from "../lasting.ts"
import { opened, openedOn } from "../opened.ts"
import { idleWithManyWaiting } from "../waiting.ts"
import { peerFigures, type PeerFigures } from "../workflow-peers.ts"

// BENCH_SECONDS says here how much is measured: with less than the usual, less of everything.
const isShort = Number(process.env["BENCH_SECONDS"] ?? 4) < 2
const count = isShort ? 300 : 10_000
const waiting = isShort ? 2_000 : 1_000_000
const few = isShort ? 50 : 400

type Say = (figure: Figure) => void
type Server = { readonly url: string | null; readonly theirs: PeerFigures }

/** Lasting commands on SQLite, beside those who do the same on PostgreSQL or with a server of their own. */
export const workflows: Bench = {
  name: "workflows",
  says: "lasting commands: steps, children, timers, a million that wait, and after a kill; beside DBOS, Restate and others",
  run: say =>
    withPeers(say, async ({ theirs }) => {
      const daybook = await opened(lastingApp(), emptyFolder("workflows"))
      for (let i = 0; i < few; i++) await lasting(daybook, "Parent", { i })
      await steps(daybook, "", 8_000, theirs, say)
      await children(daybook, theirs, say)
      await latency(daybook, theirs, say)
      await timers(daybook, "", { atOnceMs: 800, aloneMs: 20 }, theirs, say)
      const woken = await wakingLateness(daybook, few)
      say({ figure: "from a child's commit to its parent's, p99", value: woken, unit: "ms", atMost: 10 })
      await daybook.close()
      await killedWithMuchInHand(count, say)
      await idleWithManyWaiting(waiting, say)
    }),
}

/** The same on PostgreSQL, as far as more than SQLite's share is wanted of it. */
export const workflowsPostgres: Bench = {
  name: "workflows-postgres",
  says: "lasting commands on PostgreSQL: steps, children and timers, beside DBOS and others on the same server",
  run: say =>
    withPeers(say, async ({ url, theirs }) => {
      if (url === null) return
      const daybook = await openedOn(lastingApp(), { url, schema: "bench_lasting" })
      for (let i = 0; i < few; i++) await lasting(daybook, "Parent", { i })
      await steps(daybook, "PostgreSQL: ", 4_000, theirs, say)
      const parents = await all(Math.min(count, 2_000), i => lasting(daybook, "Parent", { i }))
      const figure = "PostgreSQL: commands that wait for three children, 100 at a time"
      say({ figure, value: parents, unit: "parents/s", ...peersOf(theirs, "three children") })
      const taken = await each(few, i => lasting(daybook, "One", { i }))
      const idle = "PostgreSQL: one step, start to end when idle, p99"
      say({ figure: idle, value: quantile(taken, 0.99), unit: "ms", ...peersOf(theirs, "latency, p99") })
      await timers(daybook, "PostgreSQL: ", { atOnceMs: 1_500 }, theirs, say)
      await daybook.close()
    }),
}

// They take minutes: both benches are told of one measurement.
let known: PeerFigures | null = null

async function withPeers(say: Say, measure: (server: Server) => Promise<void>): Promise<void> {
  const settings = { synchronous_commit: "on", max_connections: "200" }
  const server = await startPostgres({ fsync: true, settings })
  if ("skipped" in server) {
    say({ figure: "PostgreSQL", value: 0, unit: "", note: server.skipped })
    return measure({ url: null, theirs: new Map() })
  }
  try {
    const url = server.url()
    const theirs = (known ??= peerFigures(url.slice(0, url.lastIndexOf("/")), count, say))
    await measure({ url, theirs })
  } finally {
    await server.remove()
  }
}

async function steps(daybook: Opened, place: string, atLeast: number, theirs: PeerFigures, say: Say): Promise<void> {
  const value = await all(count, i => lasting(daybook, "One", { i }))
  const figure = `${place}${count.toLocaleString("en")} of one step, start to end, 100 at a time`
  const peers = peersOf(theirs, "one step")
  say({ figure, value, unit: "per second", atLeast, ...peers })
  for (const peer of ["dbos", "restate"]) {
    const other = peers.peers?.[peer]
    if (other === undefined) continue
    say({ figure: `${figure}, to ${peer}`, value: value / other, unit: "times", ...(place === "" && { atLeast: 10 }) })
  }
  const outside = await all(Math.min(count, 4_000), i => lasting(daybook, "WithOutside", { i }))
  const called = `${place}the same with a call outside, by a command of its own`
  say({ figure: called, value: outside, unit: "per second", ...peersOf(theirs, "with an outside call") })
}

async function children(daybook: Opened, theirs: PeerFigures, say: Say): Promise<void> {
  const value = await all(count, i => lasting(daybook, "Parent", { i }))
  const figure = "commands that wait for three children"
  const peers = peersOf(theirs, "three children")
  say({ figure: `${figure}, 100 at a time`, value, unit: "parents/s", atLeast: 2_500, ...peers })
  const idle = quantile(await each(few, i => lasting(daybook, "Parent", { i })), 0.99)
  const theirIdle = peersOf(theirs, "three children, idle, p99")
  say({ figure: `${figure}, when idle, p99`, value: idle, unit: "ms", atMost: 8, ...theirIdle })
}

async function latency(daybook: Opened, theirs: PeerFigures, say: Say): Promise<void> {
  const taken = await each(few, i => lasting(daybook, "One", { i }))
  const figure = "one step, start to end when idle"
  const [p50, p99] = [quantile(taken, 0.5), quantile(taken, 0.99)]
  say({ figure: `${figure}, p50`, value: p50, unit: "ms", atMost: 1.5, ...peersOf(theirs, "latency, p50") })
  say({ figure: `${figure}, p99`, value: p99, unit: "ms", atMost: 5, ...peersOf(theirs, "latency, p99") })
}

async function timers(
  daybook: Opened,
  place: string,
  { atOnceMs, aloneMs }: { atOnceMs: number; aloneMs?: number },
  theirs: PeerFigures,
  say: Say,
): Promise<void> {
  const alone = await latenessAlone(daybook, Math.min(few, 100))
  const one = `${place}one timer alone, lateness of the end it leads to, p99`
  const bound = aloneMs === undefined ? {} : { atMost: aloneMs }
  say({ figure: one, value: alone, unit: "ms", ...bound, ...peersOf(theirs, "timer alone, p99") })
  const atOnce = await latenessAtOnce(daybook, count, place === "" ? "told" : "committed")
  const many = `${place}${count.toLocaleString("en")} timers due at one instant, lateness of the ends, p99`
  say({ figure: many, value: atOnce, unit: "ms", atMost: atOnceMs, ...peersOf(theirs, "timers at once, p99") })
}

function peersOf(theirs: PeerFigures, figure: string): Pick<Figure, "peers"> {
  const peers = theirs.get(figure)
  return peers === undefined ? {} : { peers }
}

type Opened = Awaited<ReturnType<typeof opened>>
