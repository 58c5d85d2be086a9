import { spawnSync } from "node:child_process"
import { existsSync } from "node:fs"
import { join } from "node:path"
import type { Daybook } from "daybook"
import pg from "pg"
import type { Bench, Figure } from "../harness.ts"
import { closedLoop, median } from "../harness.ts"
import { openedOn } from "../opened.ts"
import { emailOf, fillPeople, nameOf, numbers, openPeople, people, peopleApp, personId, readers } from "../people.ts"
import { startPostgres } from "../../src/testing/postgres-server.ts"

const folder = join(import.meta.dirname, "..", "peers")
const system = { principal: "system" }

type Body = Extract<Parameters<Daybook["query"]>[0], { readonly [key: string]: unknown }>
type Question = { readonly figure: string; readonly body: Body; readonly atMost: number; readonly thenTimes: number }
type Say = (figure: Figure) => void

const inDept = ["?e", "Person/dept", "dept-153"]
const questions: readonly Question[] = [
  {
    figure: "datalog: lookup by unique value",
    body: { find: ["?e"], in: ["?m"], args: [emailOf(54_321)], where: [["?e", "Person/email", "?m"]] },
    atMost: 0.06,
    thenTimes: 1.5,
  },
  {
    figure: "datalog: two joins",
    body: { find: ["?e", "?n"], where: [inDept, ["?e", "Person/name", "?n"]] },
    atMost: 0.6,
    thenTimes: 1.5,
  },
  {
    figure: "datalog: three joins with a filter",
    body: {
      find: ["?n", "?a"],
      where: [
        ["?m", "Person/name", nameOf(77)],
        ["?e", "Person/manager", "?m"],
        ["?e", "Person/age", "?a"],
        [[">", "?a", 50]],
        ["?e", "Person/name", "?n"],
      ],
    },
    atMost: 0.9,
    thenTimes: 1.5,
  },
  {
    figure: "datalog: negation",
    body: { find: ["?e"], where: [inDept, ["not", ["_", "Person/manager", "?e"]]] },
    atMost: 0.5,
    thenTimes: 1.5,
  },
  {
    figure: "datalog: aggregate over all, grouped",
    body: {
      find: ["?d", ["count", "?e"], ["avg", "?a"]],
      where: [
        ["?e", "Person/dept", "?d"],
        ["?e", "Person/age", "?a"],
      ],
    },
    atMost: 200,
    thenTimes: 2.5,
  },
  {
    figure: "datalog: recursive rule from one end",
    body: {
      find: ["?x"],
      rules: [
        [
          ["under", "?x", "?m"],
          ["?x", "Person/manager", "?m"],
        ],
        [
          ["under", "?x", "?m"],
          ["?y", "Person/manager", "?m"],
          ["under", "?x", "?y"],
        ],
      ],
      where: [["under", "?x", personId(70)]],
    },
    atMost: 2,
    thenTimes: 1.5,
  },
]

/** Questions about 100,000 people with a history of 1,000,000 transactions, in process. */
export const queries: Bench = {
  name: "queries",
  says: "pull, datalog, the past and rights over 100,000 entities with 1,000,000 transactions",
  async run(say) {
    const daybook = await openPeople()
    await asked(daybook, 1, say, datascriptFigures())
    await daybook.close()
  },
}

/** How long the same may take elsewhere, to what it may take in SQLite. */
const timesOnPostgres = 3
// A lookup is little more than the way there and back.
const lookupMsOnPostgres = 0.5

/**
 * The same on a PostgreSQL of its own on this machine. BENCH_TRANSACTIONS says how long the history is: shorter than the
 * other's, where it does not, since it is made anew each time.
 */
export const queriesPostgres: Bench = {
  name: "queries-postgres",
  says: "the same on PostgreSQL, with a history of 50,000 transactions",
  async run(say) {
    const server = await startPostgres({ fsync: true, settings: { shared_buffers: "512MB" } })
    if ("skipped" in server) return say({ figure: "PostgreSQL", value: 0, unit: "", note: server.skipped })
    try {
      const place = { url: server.url(), schema: "people" }
      const before = performance.now()
      const made = await openedOn(peopleApp, place)
      await fillPeople(made, Number(process.env["BENCH_TRANSACTIONS"] ?? 50_000))
      const value = await made.basis()
      await made.close()
      const seconds = Math.round((performance.now() - before) / 1_000)
      const figure = "PostgreSQL: the history that is asked about"
      say({ figure, value, unit: "transactions", note: `made in ${seconds} s; SQLite is asked about 1,000,000` })
      await tidied(place.url)
      const daybook = await openedOn(peopleApp, place)
      // A server does more when it is not asked for one thing after the other.
      await asked(daybook, 4, onPostgres(say), new Map())
      await daybook.close()
    } finally {
      await server.remove()
    }
  },
}

/** What the server does by itself within minutes of much being written: else it would do it while it is asked. */
async function tidied(url: string): Promise<void> {
  const client = new pg.Client(url)
  await client.connect()
  for (const sql of ["VACUUM (ANALYZE)", "CHECKPOINT"]) await client.query(sql)
  await client.end()
}

/** Figures as they may be where each question is a way to another process. */
function onPostgres(say: Say): Say {
  return ({ figure, atMost, atLeast, ...said }) => {
    const isRatio = said.unit === "times"
    const most = figure.endsWith("lookup by unique value") ? lookupMsOnPostgres : (atMost ?? NaN) * timesOnPostgres
    say({
      ...said,
      figure: `PostgreSQL: ${figure}`,
      ...(atMost === undefined ? {} : { atMost: isRatio ? atMost : most }),
      ...(atLeast === undefined ? {} : { atLeast: atLeast / timesOnPostgres }),
    })
  }
}

async function asked(daybook: Daybook, callers: number, say: Say, theirs: Peers): Promise<void> {
  await pulling(daybook, callers, say)
  for (const question of questions) await asking(daybook, question, theirs, say)
  await checking(daybook, say)
  await seeing(daybook, say)
}

async function pulling(daybook: Daybook, callers: number, say: Say): Promise<void> {
  const random = numbers(5)
  const pull = ["name", { dept: ["name"] }, { manager: ["name"] }]
  const ask = () => daybook.query({ of: personId(random(people)), pull }, system)
  const figure = "pull one entity with two joins"
  // How many there are per second once it runs: the first ones wait for the disk, and for code to be compiled.
  const { perSecond, p50Ms } = await closedLoop(callers, 2, ask)
  const note = `${callers} at a time, each in ${p50Ms.toFixed(2)} ms`
  say({ figure, value: perSecond, unit: "per second", atLeast: 10_000, note })
  const { ms } = await median(ask)
  say({ figure: `${figure}, alone`, value: ms, unit: "ms" })
  const of = Array.from({ length: 1_000 }, () => personId(random(people)))
  const pattern = ["name", "email", "age", { dept: ["name"] }, { manager: ["name", { dept: ["name"] }] }]
  const many = await median(() => daybook.query({ of, pull: pattern }, system))
  say({ figure: "pull 1,000 entities with nested refs", value: many.ms, unit: "ms", atMost: 20 })
}

async function asking(daybook: Daybook, question: Question, theirs: Peers, say: Say): Promise<void> {
  const { figure, body, atMost, thenTimes } = question
  const { ms, last } = await median(() => daybook.query(body, system))
  const peer = theirs.get(figure)
  const note = `${(last.result as readonly unknown[]).length} rows`
  say({ figure, value: ms, unit: "ms", atMost, note, ...(peer === undefined ? {} : { peers: { DataScript: peer } }) })
  if (peer !== undefined)
    say({ figure: `${figure}, ahead of DataScript`, value: peer / ms, unit: "times", atLeast: 30 })
  const middle = Math.floor((await daybook.basis()) / 2)
  const then = await median(() => daybook.query({ ...body, asOf: middle }, system))
  say({ figure: `${figure}, as of the middle, to now`, value: then.ms / ms, unit: "times", atMost: thenTimes })
}

async function checking(daybook: Daybook, say: Say): Promise<void> {
  const ask = (subject: string, entity: string) => daybook.check([{ subject, entity, permission: "read" }], system)
  const warm = await median(() => ask(readers.all, personId(77_777)))
  say({ figure: "permission check, warm", value: warm.ms, unit: "ms", atMost: 0.02 })
  let i = 0
  // Each asks for itself, which nobody has before: nothing is remembered.
  const cold = await median(() => ask(personId(1_000 + i++), "deep-7"))
  say({ figure: "permission check, cold, depth 8", value: cold.ms, unit: "ms", atMost: 0.5 })
}

async function seeing(daybook: Daybook, say: Say): Promise<void> {
  const all: Body = { find: [["count", "?e"], "."], where: [["?e", "Person/dept"]] }
  const before = performance.now()
  const { result } = await daybook.query(all, { principal: readers.part })
  const first = performance.now() - before
  say({
    figure: "everything a reader may see, the first time",
    value: first,
    unit: "ms",
    atMost: 80,
    note: `${JSON.stringify(result)} of ${people}`,
  })
  const some: Body = { find: ["?e"], where: [["?e", "Person/age", 30]] }
  const open = await median(() => daybook.query(some, system))
  say({ figure: "one in a hundred of all, unsecured", value: open.ms, unit: "ms" })
  for (const [who, principal] of Object.entries(readers)) {
    if (who === "deep") continue
    const seen = await median(() => daybook.query(some, { principal }))
    const note = `${(seen.last.result as readonly unknown[]).length} rows`
    say({ figure: `the same for a reader who may see ${who}`, value: seen.ms, unit: "ms", atMost: 8, note })
  }
}

type Peers = ReadonlyMap<string, number>

/** DataScript with the same people in memory. It is installed apart: npm run bench:peers. */
function datascriptFigures(): Peers {
  if (!existsSync(join(folder, "node_modules", "datascript"))) return new Map()
  const { stdout, stderr, status } = spawnSync(process.execPath, ["datascript.mjs"], { cwd: folder, encoding: "utf8" })
  if (status !== 0) console.error(stderr)
  const lines = stdout.trim().split("\n").filter(Boolean)
  return new Map(lines.map(line => JSON.parse(line) as { figure: string; value: number }).map(f => [f.figure, f.value]))
}
