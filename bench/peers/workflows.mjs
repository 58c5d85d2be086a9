// Lasting work with others: node workflows.mjs PEER URL, where PEER is dbos, graphile-worker, pg-boss or restate, and URL
// is that of a PostgreSQL server (restate has a server of its own, which comes with its package). As durable as each is
// by itself; graphile-worker and pg-boss as their manuals say for many jobs. COUNT says how many of each are measured.

import { spawn } from "node:child_process"
import { once } from "node:events"
import { mkdirSync, mkdtempSync, openSync, rmSync } from "node:fs"
import http from "node:http"
import http2 from "node:http2"
import { createServer } from "node:net"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import pg from "pg"
import { say } from "./load.mjs"

const [peer, server] = process.argv.slice(2)
const count = Number(process.env.COUNT ?? 10_000)
const few = Math.min(count, 2_000)
const some = Math.min(count, 4_000)
const inFlight = 100
const leadMs = Math.max(3_000, count * 4)

const now = () => performance.timeOrigin + performance.now()
const quantile = (taken, share) =>
  taken.toSorted((a, b) => a - b)[Math.min(taken.length - 1, Math.floor(taken.length * share))]

async function all(n, work) {
  let next = 0
  const caller = async () => {
    while (next < n) await work(next++)
  }
  const before = now()
  await Promise.all(Array.from({ length: inFlight }, caller))
  return n / ((now() - before) / 1_000)
}

async function each(n, pauseMs, work) {
  const taken = []
  for (let i = 0; i < n; i++) {
    const before = now()
    await work(i)
    taken.push(now() - before)
    await pause(pauseMs)
  }
  return taken
}

function latency(figure, taken) {
  say(`${figure}, p50`, quantile(taken, 0.5))
  say(`${figure}, p99`, quantile(taken, 0.99))
}

async function freshDatabase(name) {
  const client = new pg.Client({ connectionString: `${server}/postgres` })
  await client.connect()
  await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`)
  await client.query(`CREATE DATABASE ${name}`)
  await client.end()
  return `${server}/${name}`
}

/** Sets so many for one instant with `set`, and waits until all have told `late` how late they were. */
async function timers(set, late) {
  late.length = 0
  const due = Math.ceil((now() + leadMs) / 1_000) * 1_000
  await set(due)
  if (now() > due) console.error(`${peer}: setting the timers took longer than they were to run`)
  for (const until = due + 120_000; late.length < count && now() < until;) await pause(20)
  if (late.length === count) say("timers at once, p99", quantile(late, 0.99))
}

async function timersAlone(set, late) {
  late.length = 0
  for (let i = 0; i < 20; i++) {
    await set(now() + 400)
    for (const until = now() + 10_000; late.length <= i && now() < until;) await pause(7 + (i % 5))
  }
  say("timer alone, p99", quantile(late, 0.99))
}

async function dbos() {
  const { DBOS } = await import("@dbos-inc/dbos-sdk")
  const systemDatabaseUrl = await freshDatabase("peer_dbos")
  DBOS.setConfig({ name: "bench", systemDatabaseUrl, logLevel: "error", systemDatabasePoolSize: 20 })
  const plain = DBOS.registerWorkflow(async i => i, { name: "plain" })
  const oneStep = DBOS.registerWorkflow(i => DBOS.runStep(async () => i + 1, { name: "step" }), { name: "oneStep" })
  const parent = DBOS.registerWorkflow(
    async i => {
      const handles = []
      for (let k = 0; k < 3; k++) handles.push(await DBOS.startWorkflow(plain)(i + k))
      let sum = 0
      for (const handle of handles) sum += await handle.getResult()
      return sum
    },
    { name: "parent" },
  )
  const late = []
  const sleeper = DBOS.registerWorkflow(
    async due => {
      await DBOS.sleep(due - now())
      late.push(now() - due)
    },
    { name: "sleeper" },
  )
  await DBOS.launch()
  const run = async (workflow, i) => (await DBOS.startWorkflow(workflow)(i)).getResult()
  for (let i = 0; i < 50; i++) await run(oneStep, i)
  say("one step", await all(some, i => run(plain, i)))
  say("with an outside call", await all(some, i => run(oneStep, i)))
  latency("latency", await each(200, 5, i => run(plain, i)))
  latency("three children, idle", await each(100, 5, i => run(parent, i)))
  say("three children", await all(few, i => run(parent, i)))
  await timersAlone(due => DBOS.startWorkflow(sleeper)(due), late)
  await timers(due => all(count, () => DBOS.startWorkflow(sleeper)(due)), late)
}

async function graphileWorker() {
  const { run, Logger } = await import("graphile-worker").then(m => m.default ?? m)
  const connectionString = await freshDatabase("peer_graphile")
  const logger = new Logger(() => () => {})
  const waiting = new Map()
  const late = []
  const ended = i => {
    waiting.get(i)?.()
    waiting.delete(i)
  }
  const taskList = {
    job: async ({ i }) => ended(i),
    timer: async ({ due }) => void late.push(now() - due),
  }
  const worker = {
    connectionString,
    concurrentJobs: 24,
    maxPoolSize: 25,
    localQueue: { size: 500 },
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
    logger,
  }
  await run({ taskList, logger, noHandleSignals: true, preset: { worker } })
  const pool = new pg.Pool({ connectionString, max: 10 })
  const job = i =>
    new Promise((resolve, reject) => {
      waiting.set(i, resolve)
      pool.query("SELECT graphile_worker.add_job('job', $1::json)", [JSON.stringify({ i })]).catch(reject)
    })
  for (let i = 0; i < 50; i++) await job(`warm ${i}`)
  say("one step", await all(some, job))
  latency("latency", await each(200, 5, i => job(`one ${i}`)))
  const timer = "SELECT graphile_worker.add_job('timer', $1::json, run_at := to_timestamp($2))"
  const set = due => pool.query(timer, [JSON.stringify({ due }), due / 1_000])
  await timersAlone(set, late)
  await timers(due => all(count, () => set(due)), late)
}

async function pgBoss() {
  const { PgBoss } = await import("pg-boss")
  const boss = new PgBoss({ connectionString: await freshDatabase("peer_boss"), useListenNotify: true, max: 20 })
  boss.on("error", error => console.error(error.message))
  await boss.start()
  const waiting = new Map()
  const late = []
  for (const queue of ["job", "timer", "child", "parent"]) await boss.createQueue(queue, { notify: true })
  const many = {
    batchSize: 100,
    localConcurrency: 10,
    burstWhenBatchFull: true,
    pollingIntervalSeconds: 0.5,
    notifyPollingIntervalSeconds: 0.5,
  }
  const tell = async jobs => {
    for (const { data } of jobs) {
      waiting.get(data.i)?.()
      waiting.delete(data.i)
    }
  }
  await boss.work("job", many, tell)
  await boss.work("parent", many, tell)
  await boss.work("child", many, async () => {})
  await boss.work("timer", many, async jobs => {
    for (const { data } of jobs) late.push(now() - data.due)
  })
  const ending = (i, ask) =>
    new Promise((resolve, reject) => {
      waiting.set(i, resolve)
      ask().catch(reject)
    })
  const job = i => ending(i, () => boss.send("job", { i }))
  const parent = i => {
    const children = [0, 1, 2].map(k => ({ ref: `c${k}`, name: "child", data: { i, k } }))
    const waits = { ref: "p", name: "parent", data: { i }, dependsOn: ["c0", "c1", "c2"] }
    return ending(i, () => boss.flow([...children, waits]))
  }
  await pause(1_000)
  await job("warm")
  say("one step", await all(some, job))
  latency("latency", await each(100, 5, i => job(`one ${i}`)))
  // What waits for others is looked at every five seconds.
  latency("three children, idle", await each(4, 5, i => parent(`idle ${i}`)))
  say("three children", await all(Math.min(few, 300), i => parent(`p ${i}`)))
  const set = due => boss.send("timer", { due }, { startAfter: new Date(due) })
  await timersAlone(set, late)
  await timers(due => all(count, () => set(due)), late)
}

async function restate() {
  process.env.RESTATE_LOGGING ??= "ERROR"
  const require = createRequire(import.meta.url)
  const sdk = await import("@restatedev/restate-sdk")
  const bin = require.resolve("@restatedev/restate-server-linux-x64/bin/restate-server")
  const folder = mkdtempSync(join(tmpdir(), "peer-restate-"))
  mkdirSync(join(folder, "data"))
  const [ingress, admin, node, endpoint] = await Promise.all([freePort(), freePort(), freePort(), freePort()])
  const child = spawn(bin, ["--no-logo", "--base-dir", join(folder, "data"), "--node-name", "n1"], {
    cwd: folder,
    stdio: ["ignore", openSync(join(folder, "out"), "w"), openSync(join(folder, "err"), "w")],
    env: {
      ...process.env,
      RESTATE_LISTEN_MODE: "tcp",
      RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
      RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
      RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
      RESTATE_DISABLE_TELEMETRY: "true",
    },
  })
  process.on("exit", () => {
    child.kill("SIGKILL")
    rmSync(folder, { recursive: true, force: true })
  })
  const agent = new http.Agent({ keepAlive: true, maxSockets: 200 })
  const ask = (port, method, path, body) =>
    new Promise((resolve, reject) => {
      const data = body === undefined ? "" : JSON.stringify(body)
      const length = Buffer.byteLength(data)
      const headers = data === "" ? {} : { "content-type": "application/json", "content-length": length }
      const request = http.request({ host: "127.0.0.1", port, method, path, agent, headers }, response => {
        let text = ""
        response.setEncoding("utf8").on("data", chunk => (text += chunk))
        response.on("end", () => (response.statusCode < 300 ? resolve(text) : reject(new Error(text))))
      })
      request.on("error", reject).end(data)
    })
  const late = []
  const handlers = {
    plain: async (_context, i) => i,
    oneStep: (context, i) => context.run("step", async () => i + 1),
    parent: async (context, i) => {
      const client = context.serviceClient({ name: "bench" })
      const results = await sdk.RestatePromise.all([0, 1, 2].map(k => client.plain(i + k)))
      return results.reduce((a, b) => a + b, 0)
    },
    timer: async (_context, due) => void late.push(now() - due),
  }
  const service = sdk.service({ name: "bench", handlers })
  const listening = http2.createServer(sdk.createEndpointHandler({ services: [service] }))
  await once(listening.listen(endpoint, "127.0.0.1"), "listening")
  await insist(() => ask(admin, "GET", "/health"))
  await insist(() => ask(admin, "POST", "/deployments", { uri: `http://127.0.0.1:${endpoint}` }))
  const call = (handler, i) => ask(ingress, "POST", `/bench/${handler}`, i)
  await insist(() => call("plain", 1))
  for (let i = 0; i < 100; i++) await call("oneStep", i)
  say("one step", await all(some, i => call("plain", i)))
  say("with an outside call", await all(some, i => call("oneStep", i)))
  latency("latency", await each(200, 5, i => call("plain", i)))
  latency("three children, idle", await each(100, 5, i => call("parent", i)))
  say("three children", await all(few, i => call("parent", i)))
  const set = due => ask(ingress, "POST", `/bench/timer/send?delay=${Math.max(1, Math.round(due - now()))}ms`, due)
  await timersAlone(set, late)
  await timers(due => all(count, () => set(due)), late)
}

async function insist(work) {
  for (let attempt = 0; ; attempt++) {
    try {
      return await work()
    } catch (error) {
      if (attempt > 150) throw error
      await pause(200)
    }
  }
}

function freePort() {
  return new Promise(resolve => {
    const probe = createServer()
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address()
      probe.close(() => resolve(port))
    })
  })
}

const peers = { dbos, "graphile-worker": graphileWorker, "pg-boss": pgBoss, restate }
await peers[peer]()
process.exit(0)
