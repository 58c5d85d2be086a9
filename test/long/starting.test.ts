import { once } from "node:events"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout as pause } from "node:timers/promises"
import { describe, expect, test } from "vitest"
import { folder, library, run, serve, start, until, workshop } from "../journeys/world.ts"

const put = (id: string) => ({ type: "Transact", data: { ops: [{ entity: "Slip", id, set: { text: id } }] } })

describe("a start that cannot be", () => {
  const dir = folder()
  const written = (name: string, text: string) => {
    const path = join(dir, name)
    writeFileSync(path, text)
    return path
  }
  test.each([
    ["no app at all", ["serve"], "app"],
    ["a file that is not there", ["serve", "nowhere.ts"], "nowhere.ts"],
    ["a folder", ["serve", dir], dir],
    ["a module without a default export", ["serve", written("bare.ts", "export const a = 1\n")], "default export"],
    [
      "a module whose default export is no app",
      ["serve", written("number.ts", "export default 5\n")],
      "default export",
    ],
    ["a module that throws", ["serve", written("throws.ts", 'throw new Error("not today")\n')], "not today"],
    ["a module that is no TypeScript", ["serve", written("bad.ts", "const = 5\n")], "bad.ts"],
    ["a module that imports what is not there", ["serve", written("lost.ts", 'import "./gone.ts"\n')], "gone.ts"],
    ["a schema that is not JSON", ["serve", written("half.json", '{\n  "daybook": 1,\n')], "half.json:3:1"],
    ["a schema that is a list", ["serve", written("list.json", "[]")], "list.json"],
    ["another kind of file", ["serve", written("app.txt", "x")], "app.txt"],
    ["an option that is unknown", ["serve", library, "--prot", "0"], "--prot"],
    ["a verb that is unknown", ["sevre", library], "sevre"],
    ["a word too many", ["serve", library, "again"], "argument"],
    ["a port that is none", ["serve", library, "--port", "70000"], "70000"],
    ["a port that is a word", ["serve", library, "--port", "http"], "http"],
    ["--dev for everybody", ["serve", library, "--dev", "--host", "0.0.0.0"], "0.0.0.0"],
    ["--dev on a name of the net", ["serve", library, "--dev", "--host", "example.com"], "example.com"],
    ["a store that is none", ["serve", library, "--store", "mysql://u:secret@h/db"], "postgres://"],
    ["a queue that is none", ["serve", library, "--queue", "amqp://h"], "nats://"],
    ["a folder that is a file", ["serve", library, "--data", library], "library.json"],
  ])("%s: says what is wrong, and exits with 2 [A42]", async (_what, args, word) => {
    const { code, out, err } = await run(args, { cwd: dir })
    expect(err).toContain(word)
    expect([code, out]).toEqual([2, ""])
    expect(err).not.toMatch(/secret|node:internal/)
  })
})

test("SIGTERM while a command waits longer than that: 0 within ten seconds, and the next start takes it up [W22]", async () => {
  const data = folder()
  const server = await serve([workshop, "--data", data])
  const target = { type: "Kiln", id: "k" }
  await server.command({ id: "long", type: "Fire", target, data: { ms: 12_000 } }, { prefer: "respond-async" })
  await until(
    () => server.ask("/commands/long"),
    ({ body }) => body.state === "running",
  )
  const { code, ms } = await server.stop()
  expect(code).toBe(0)
  expect(ms).toBeLessThan(10_000)
  const verified = await run(["verify", "--app", workshop, "--data", data])
  expect([verified.code, verified.err]).toEqual([0, ""])
  const again = await serve([workshop, "--data", data])
  expect((await again.ask("/commands/long")).body.state).toBe("running")
  again.child.kill("SIGKILL")
}, 25_000)

test("a start that was stopped at once leaves nothing that the next would stumble over", async () => {
  const data = folder()
  mkdirSync(join(data, "deep"), { recursive: true })
  for (let i = 0; i < 25; i++) {
    const child = start(["serve", library, "--dev", "--port", "0", "--data", join(data, "deep/er")])
    await pause(40 + i * 25)
    child.kill("SIGKILL")
    await once(child, "exit")
  }
  const server = await serve([library, "--data", join(data, "deep/er")])
  expect((await server.command(put("a"))).status).toBe(200)
  await server.stop()
}, 600_000)
