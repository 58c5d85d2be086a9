import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { expect, test } from "vitest"
import { daybook, folder, root, served } from "../cli/binary.ts"

/** An app in a file, as its author would write it: a version of a workflow, and what else that says. */
function appFile(dir: string, name: string, more: string, type = "Errand"): string {
  const path = join(dir, `${name}.ts`)
  const source = `
    import { daybook, done, partsOf, step } from ${JSON.stringify(join(root, "src/index.ts"))}
    const data = { type: "object" }
    const schema = {
      daybook: 1, name: "errands", version: 1,
      entities: { Thing: { attributes: { name: { type: "string" } } } },
      commands: { Errand: { target: null, data } },
      events: { Signed: { stream: "Outside", requires: "edit", data } },
    }
    const { workflow } = partsOf(schema)
    export default daybook({ schema, workflows: [workflow(${JSON.stringify(type)}, {
      start: () => step({}).wait("signed", {}),
      on: ({ heard }) => ({ signed: heard("Signed", () => done()) }),
      ${more}
    })] })`
  writeFileSync(path, source)
  return path
}

const headers = { "content-type": "application/json" }

test("a new version of a workflow is told before it is served which instances it would leave, and after that they are stuck, not lost [W22]", async () => {
  const dir = folder()
  const data = join(dir, "data")
  const [one, two, three] = [
    appFile(dir, "one", "version: 1"),
    appFile(dir, "two", "version: 2"),
    appFile(dir, "three", "version: 3, upgrade: data => data"),
  ]
  const first = await served([one, "--dev", "--data", data])
  const body = JSON.stringify(["a", "b"].map(id => ({ id, type: "Errand", data: {} })))
  expect((await fetch(`${first.url}/commands`, { method: "POST", headers, body })).status).toBe(200)
  expect((await first.stop()).code).toBe(0)

  const [same, bare, able] = await Promise.all(
    [one, two, three].map(async app => daybook(["check", app, "--data", data])),
  )
  expect([same!.code, able!.code]).toEqual([0, 0])
  expect(bare).toMatchObject({ code: 1, err: "" })
  expect(bare!.out).toMatch(/Errand: 2 under way of version 1 would be stuck, .* has version 2, .*: (a, b|b, a)\n/)

  const second = await served([two, "--dev", "--data", data])
  const event = JSON.stringify({ type: "Signed", data: {} })
  expect((await fetch(`${second.url}/events`, { method: "POST", headers, body: event })).status).toBe(200)
  const of = async (url: string) => (await fetch(`${url}/commands/a`)).json() as Promise<Record<string, unknown>>
  await expect
    .poll(() => of(second.url))
    .toMatchObject({
      state: "stuck",
      version: 1,
      mailbox: 1,
      stuck: { reason: { message: expect.stringMatching(/version 2/) } },
    })
  await second.stop()

  // With the code for it, it goes on with what was kept.
  const third = await served([three, "--dev", "--data", data])
  expect((await fetch(`${third.url}/commands/a/resume`, { method: "POST", headers, body: "{}" })).status).toBe(200)
  await expect.poll(() => of(third.url)).toMatchObject({ state: "succeeded" })
  expect((await third.stop()).code).toBe(0)
})

test("an app with workflows that fit nothing is not served, and everything that is wrong is said with what is known [W22]", async () => {
  const dir = folder()
  const app = appFile(dir, "wrong", "startedBy: { Told: () => null }, limit: { running: 0 }, version: 0.5", "Play")
  const { code, out, err } = await daybook(["serve", app, "--dev", "--data", ":memory:", "--port", "0"])
  expect([code, out]).toEqual([2, ""])
  expect(err).toMatch(/workflow Play, .* no such command; known are .*Errand/)
  expect(err).toMatch(/Play is started by Told, .* no such event; known are .*Signed/)
  expect(err).toMatch(/Play lets 0 run at a time/)
  expect(err).toMatch(/Play has version 0.5/)
})
