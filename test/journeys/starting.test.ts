import { once } from "node:events"
import { createServer } from "node:net"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { describe, expect, test } from "vitest"
import { client, folder, library, run, serve, until, workshop } from "./world.ts"

const put = (id: string) => ({
  id: `make-${id}`,
  type: "Transact",
  data: { ops: [{ entity: "Slip", id, set: { text: id } }] },
})

describe("a start that cannot be", () => {
  const broken = {
    daybook: 1,
    name: "broken",
    version: 1,
    entities: {
      A: { attributes: { one: { type: "strin" }, two: { type: "ref", to: ["Nowhere"] }, four: { type: "enum" } } },
      B: { attributes: {}, required: [["gone"]] },
    },
    events: { Happened: { stream: "C" } },
  }

  test("a schema with five faults: the path of each is printed, and the exit code is 2 [L27 L44]", async () => {
    const app = join(folder(), "broken.json")
    writeFileSync(app, JSON.stringify(broken))
    const { code, out, err } = await run(["serve", app, "--dev", "--port", "0", "--data", ":memory:"])
    expect([code, out]).toEqual([2, ""])
    for (const path of [
      "/entities/A/attributes/one/type",
      "/entities/A/attributes/two/to/0",
      "/entities/A/attributes/four",
      "/entities/B/required/0/0",
      "/events/Happened/stream",
    ]) {
      expect(err).toContain(path)
    }
    expect(err).not.toContain("    at ")
  })

  test.each([
    ["a file that is not there", ["serve", "nowhere.ts"], "nowhere.ts"],
    ["an option that is unknown", ["serve", library, "--prot", "0"], "--prot"],
    ["--dev for everybody", ["serve", library, "--dev", "--host", "0.0.0.0"], "0.0.0.0"],
    ["a queue that is none", ["serve", library, "--queue", "amqp://h"], "nats://"],
  ])("%s: says what is wrong, and exits with 2 [A42]", async (_what, args, word) => {
    const { code, out, err } = await run(args)
    expect(err).toContain(word)
    expect([code, out]).toEqual([2, ""])
  })

  test("the environment says it as well, and no worse [A42]", async () => {
    const bad = await run(["serve", library], { env: { DAYBOOK_PORT: "many" } })
    expect([bad.code, bad.out]).toEqual([2, ""])
    expect(bad.err).toContain("DAYBOOK_PORT")
    const open = await run(["serve", library], { env: { DAYBOOK_DEV: "1", DAYBOOK_HOST: "0.0.0.0" } })
    expect([open.code, open.err]).toEqual([2, expect.stringContaining("0.0.0.0")])
  })
})

test("every option has an environment variable, and what is said outright counts more [A42]", async () => {
  const [dir, free] = [folder(), await freePort()]
  const env = {
    DAYBOOK_DATA: join(dir, "from-env"),
    DAYBOOK_PORT: String(free),
    DAYBOOK_HOST: "localhost",
    DAYBOOK_DEV: "true",
  }
  const server = await serve([library], { env }, [])
  expect(new URL(server.url).port).toBe(String(free))
  expect((await server.command(put("a"))).status).toBe(200)
  expect((await server.stop()).code).toBe(0)
  const exported = await run(["export"], { env })
  expect(exported.out.trim().split("\n")).toHaveLength(1)

  const other = await serve([library, "--data", join(dir, "from-option"), "--port", "0"], { env }, [])
  expect(new URL(other.url).port).not.toBe(String(free))
  expect((await other.ask("/events")).body.events).toEqual([])
  await other.stop()
})

test("the default is one file under ./data, and one line says where it listens [A42]", async () => {
  const dir = folder()
  const server = await serve([library], { cwd: dir })
  expect(server.said).toMatch(/^daybook listening on http:\/\/127\.0\.0\.1:\d+\n$/)
  await server.command(put("a"))
  expect(readFileSync(join(dir, "data/daybook.sqlite")).subarray(0, 15).toString()).toBe("SQLite format 3")
  await server.stop()
})

test(":memory: keeps nothing, and two of them know nothing of each other", async () => {
  const dir = folder()
  const [one, two] = await Promise.all([1, 2].map(() => serve([library, "--data", ":memory:"], { cwd: dir })))
  await one!.command(put("a"))
  expect((await one!.ask("/events")).body.events).toHaveLength(1)
  expect((await two!.ask("/events")).body.events).toEqual([])
  await Promise.all([one!.stop(), two!.stop()])
  const again = await serve([library, "--data", ":memory:"], { cwd: dir })
  expect((await again.ask("/events")).body.events).toEqual([])
  await again.stop()
})

test("of two servers on one folder the second is refused, and the first goes on [N42 X13]", async () => {
  const data = folder()
  const first = await serve([library, "--data", data])
  const second = await run(["serve", library, "--dev", "--port", "0", "--data", data])
  expect([second.code, second.out]).toEqual([1, ""])
  expect(second.err).toContain(data)
  expect((await first.command(put("a"))).body.state).toBe("succeeded")
  await first.stop()
  const third = await serve([library, "--data", data])
  expect((await third.ask("/events")).body.events).toHaveLength(1)
  await third.stop()
})

test("without --dev everybody is 401, whoever they say they are, but where nobody is asked who they are [AA4 AA11]", async () => {
  const server = await serve([library, "--data", ":memory:"], {}, ["--port", "0"])
  for (const open of ["/health", "/ready", "/metrics"]) expect((await server.ask(open)).status).toBe(200)
  const calls = ["/events", "/commands", "/streams/Slip/a", "/schema", "/catalogue", "/openapi.json"]
  for (const path of [...calls, "/projections", "/dead-letters", "/nowhere", "/"]) {
    for (const headers of [{}, { "daybook-as": "system" }, { "Daybook-As": "anonymous" }] as Record<string, string>[]) {
      const { status, body, headers: said } = await server.ask(path, { headers })
      expect([path, status, body.code]).toEqual([path, 401, "unauthenticated"])
      expect(said.get("content-type")).toContain("application/problem+json")
    }
  }
  expect((await server.command(put("a"), { "daybook-as": "system" })).status).toBe(401)
  await server.stop()
})

test("in --dev the header says who asks, and the event keeps it [W23 AA11]", async () => {
  const server = await serve([library, "--data", ":memory:"])
  for (const [as, actor] of [
    [undefined, "system"],
    ["anonymous", "anonymous"],
    ["user-7", "user-7"],
  ] as const) {
    const { body } = await server.command(put(`by-${actor}`), as === undefined ? {} : { "daybook-as": as })
    expect(body.events[0]).toMatchObject({ actor })
    expect((await server.ask(`/commands/${body.id}`)).body).toMatchObject({ owner: actor })
  }
  expect((await server.ask("/commands?owner=user-7")).body.items).toHaveLength(1)
  const long = await server.ask("/events", { headers: { "daybook-as": "x".repeat(201) } })
  expect([long.status, long.body.code]).toEqual([400, "malformed"])
  await server.stop()
})

test("SIGTERM during a command that runs and a feed that is open: both end well, and it exits with 0 [WS8 W22]", async () => {
  const data = folder()
  const server = await serve([workshop, "--data", data])
  const feed = await fetch(`${server.url}/events`, { headers: { accept: "text/event-stream" } })
  const running = server.command({ id: "slow", type: "Fire", target: { type: "Kiln", id: "k" }, data: { ms: 700 } })
  await until(
    () => server.ask("/commands/slow"),
    ({ body }) => body.state === "running",
  )
  const stopped = server.stop()
  const { status, body } = await running
  expect([status, body.state]).toEqual([200, "succeeded"])
  // The feed is ended in order: what was read of it is whole.
  expect(await feed.text()).toMatch(/\n\n$/)
  const { code, ms } = await stopped
  expect(code).toBe(0)
  expect(ms).toBeLessThan(10_000)

  const again = await serve([workshop, "--data", data])
  expect((await again.ask("/commands/slow")).body).toMatchObject({ state: "succeeded", result: { waited: 700 } })
  await again.stop()
})

test("kill -9, then a start: what was acknowledged is there once, what was under way is finished [N9 W22 A16]", async () => {
  const data = folder()
  const server = await serve([workshop, "--data", data])
  const place = (id: string) => ({
    id: `place-${id}`,
    type: "PlacePiece",
    target: { type: "Piece", id },
    data: { glaze: "blue", grams: 1 },
  })
  const acknowledged = await Promise.all(Array.from({ length: 200 }, (_, i) => server.command(place(`p${i}`))))
  expect(acknowledged.map(a => a.status)).toEqual(Array(200).fill(200))
  const headers = { prefer: "respond-async" }
  const slow = { id: "slow", type: "Fire", target: { type: "Kiln", id: "k" }, data: { ms: 300 } }
  expect((await server.command(slow, headers)).status).toBe(202)
  await server.stop("SIGKILL")

  const again = await serve([workshop, "--data", data])
  for (const { body } of acknowledged) {
    expect((await again.ask(`/streams/Piece/${body.events[0]!.stream.id}`)).body.events).toEqual(body.events)
  }
  await until(
    () => again.ask("/commands/slow"),
    ({ body }) => body.state === "succeeded",
  )
  expect((await again.ask("/streams/Kiln/k")).body.events).toHaveLength(1)
  expect((await again.ask("/projections/by-glaze/rows?keys=blue&minT=200")).body.items[0]!.row["pieces"]).toHaveLength(
    200,
  )
  await again.stop()
  expect((await run(["verify", "--app", workshop, "--data", data])).out).toContain("clean")
})

test("whoever talks through another address of this machine is served; a page from elsewhere is not [AA8]", async () => {
  const server = await serve([library, "--data", ":memory:"])
  const { port } = new URL(server.url)
  expect((await client(`http://localhost:${port}`).ask("/ready")).status).toBe(200)
  await server.stop()
})

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1")
  await once(probe, "listening")
  const { port } = probe.address() as { port: number }
  probe.close()
  await once(probe, "close")
  return port
}
