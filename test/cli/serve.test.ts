import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { daybook, folder, root, served } from "./binary.ts"

const schema = {
  daybook: 1,
  name: "notes",
  version: 1,
  types: { slug: { type: "string", pattern: "^[a-z-]+$" } },
  entities: { Note: { attributes: { slug: { type: "slug", unique: "identity" } } } },
}

const stuck = `
  import { daybook } from "${join(root, "src/app.ts")}"
  const schema = { daybook: 1, name: "s", version: 1, entities: { Note: { attributes: {} } }, commands: { Wait: { target: "Note", data: {} } } }
  const handlers = [{ kind: "handler", type: "Wait", run: () => new Promise(() => {}) }]
  export default daybook({ schema, handlers })
`

function write(url: string, slug: string) {
  const body = JSON.stringify({ type: "Transact", data: { ops: [{ entity: "Note", id: "~n", set: { slug } }] } })
  return fetch(`${url}/commands`, { method: "POST", headers: { "content-type": "application/json" }, body })
}

test("a schema alone is served, with types of its own; SIGTERM ends it, and all is kept [A33 L46 N55]", async () => {
  const dir = folder()
  const app = join(dir, "notes.json")
  writeFileSync(app, JSON.stringify(schema))
  const server = await served([app, "--dev"], { env: { DAYBOOK_DATA: join(dir, "data") } })
  expect((await write(server.url, "first-note")).status).toBe(200)
  expect((await write(server.url, "Not A Slug")).status).toBe(422)
  // Beside the server that owns the file.
  const printed = await daybook(["export", "--data", join(dir, "data")])
  expect(await server.stop()).toEqual({ code: 0, err: "" })

  const lines = printed.out.trim().split("\n")
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0]!)).toMatchObject({ type: "EntityCreated", t: 1, n: 0, actor: "system" })
})

test("in --dev an empty daybook begins with the app's seed, once; without it nobody is known [A41 A42 W31]", async () => {
  const [app, data] = [join(root, "examples/roster/app.ts"), folder()]
  const first = await served([app, "--dev", "--data", data])
  const before = await fetch(`${first.url}/streams/Roster/biology`).then(answer => answer.json())
  expect((await first.stop("SIGINT")).code).toBe(0)
  const second = await served([app, "--dev", "--data", data])
  const after = await fetch(`${second.url}/streams/Roster/biology`).then(answer => answer.json())
  await second.stop()
  expect(before).toMatchObject({ version: 5 })
  expect(after).toEqual(before)

  const closed = await served([app, "--data", data])
  expect((await fetch(`${closed.url}/events`)).status).toBe(401)
  await closed.stop()
})

test("asked a second time to stop, it ends at once with 1", async () => {
  const dir = folder()
  const app = join(dir, "stuck.ts")
  writeFileSync(app, stuck)
  const { url, child, exit } = await served([app, "--dev", "--data", ":memory:"])
  const headers = { "content-type": "application/json", prefer: "respond-async" }
  const body = JSON.stringify({ type: "Wait", target: { type: "Note", id: "n" }, data: {} })
  expect((await fetch(`${url}/commands`, { method: "POST", headers, body })).status).toBe(202)
  child.kill("SIGTERM")
  // It is stopping once it takes no new connection.
  while (
    await fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    )
  )
    continue
  child.kill("SIGTERM")
  expect(await exit).toEqual([1, null])
})

test("a port that is taken, and a file that another process owns, are no bad input but cannot be had", async () => {
  const [app, data] = [join(root, "examples/roster/app.ts"), folder()]
  const { url, stop } = await served([app, "--dev", "--data", data])
  const [again, elsewhere] = await Promise.all([
    daybook(["serve", app, "--port", "0", "--data", data]),
    daybook(["serve", app, "--port", new URL(url).port, "--data", ":memory:"]),
  ])
  await stop()
  expect(again).toMatchObject({ code: 1, out: "" })
  expect(again.err).toMatch(/is in use by process \d+/)
  expect(elsewhere).toMatchObject({ code: 1, out: "" })
  expect(elsewhere.err).toMatch(/^error: Port \d+ of 127.0.0.1 is in use: .*--port/)
})

// Says the address of every module that is loaded.
const telling = `
  import { registerHooks } from "node:module"
  const resolve = (name, context, next) => {
    const found = next(name, context)
    process.stderr.write(found.url + "\\n")
    return found
  }
  registerHooks({ resolve })
`

test("--help loads the verbs' options and nothing that a verb needs [A33]", async () => {
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(telling)}` }
  const { code, out, err } = await daybook(["--help"], { env })
  expect({ code, help: out.includes("serve an app over HTTP") }).toEqual({ code: 0, help: true })
  expect(err).toContain("/commander/")
  expect(err).not.toMatch(/fastify|pino|ajv|sqlite|src\/app/)
})
