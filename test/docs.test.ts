import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { expect, test } from "vitest"
import { daybook } from "../src/app/define.ts"
import type { App } from "../src/kernel/app.ts"
import type { JsonObject } from "../src/kernel/json.ts"
import portal, { seed } from "../examples/portal/app.ts"
import { handlerNeeds } from "../src/commands/routes.ts"
import { derivedNeeds } from "../src/kernel/derived.ts"
import { namedQueryNeeds } from "../src/kernel/named-query.ts"
import { effectNeeds, processorNeeds } from "../src/kernel/processor.ts"
import { compileSchema } from "../src/schema/compile.ts"
import { parseSchema } from "../src/schema/parse.ts"
import { testApp } from "../src/testing/app.ts"
import { storedData } from "../tools/stored-data.ts"

const architecture = readFileSync(fileURLToPath(new URL("../ARCHITECTURE.md", import.meta.url)), "utf8")

test("the page about stored data says what the tables say", () => {
  const page = readFileSync(fileURLToPath(new URL("../docs/stored-data.md", import.meta.url)), "utf8")
  expect(page === storedData(), "docs/stored-data.md is not what the tables say: npm run docs").toBe(true)
  expect(page).toMatch(/### versions/)
})

test("ARCHITECTURE says each noun once, draws the layers, and names the book that the pattern is from [A44 A45 L86]", () => {
  const glossary = architecture.slice(architecture.indexOf("## Nouns"), architecture.indexOf("## One command"))
  const nouns = [...glossary.matchAll(/\*\*([a-z ]+)\*\*/g)].map(found => found[1]!)
  expect(nouns).toEqual(
    expect.arrayContaining([
      "command",
      "event",
      "stream",
      "entity",
      "transaction",
      "processor",
      "projection",
      "port",
      "refusal",
      "security entity",
      "group",
      "assign rule",
      "propagation",
      "guard",
      "permission",
    ]),
  )
  expect(new Set(nouns).size).toBe(nouns.length)
  expect(architecture).toMatch(/server +cli[\s\S]+kernel +the nouns/)
  expect(architecture).toMatch(/Architecture Patterns with Python/)
})

test("every room has a page in reading order, and ARCHITECTURE lists every room", () => {
  const rooms = readdirSync(new URL("../src/", import.meta.url), { withFileTypes: true }).filter(entry =>
    entry.isDirectory(),
  )
  const names = rooms.map(({ name }) => name)
  const hasPage = (name: string) => existsSync(new URL(`../src/${name}/README.md`, import.meta.url))
  expect(names.filter(name => !architecture.includes(`\`${name}`))).toEqual([])
  const adapters = readdirSync(new URL("../src/adapters/", import.meta.url)).map(name => `adapters/${name}`)
  expect([...names.filter(name => name !== "adapters"), ...adapters].filter(name => !hasPage(name))).toEqual([])
})

const shownIn = (page: string) =>
  [...readFileSync(new URL(page, import.meta.url), "utf8").matchAll(/```json\n([\s\S]*?)```/g)].map(
    ([, text]) => JSON.parse(text!) as JsonObject,
  )

test("the schema that docs/schema.md shows is one, and may come to life without its messages", async () => {
  const [shown] = shownIn("../docs/schema.md")
  const schema = compileSchema(parseSchema(shown))
  expect([...schema.entities.keys()]).toEqual(expect.arrayContaining(["Member", "Branch", "Book", "Film"]))
  const { commands: _commands, events: _events, ...alone } = shown!
  const app = await testApp(daybook({ schema: alone }))
  const ops = [
    { entity: "Member", id: "ann", set: { name: "Ann" } },
    { entity: "Branch", id: "main", set: { name: "Main street", staff: ["ann"] } },
    { entity: "Book", id: "emma", set: { title: "Emma", branch: "main", isbn: "9780141439587", worth: "8.5" } },
  ]
  expect(await app.send("Transact", null, { ops })).toMatchObject({ state: "succeeded" })
  const asked = { of: ["Book/isbn", "9780141439587"], pull: ["title", "state", "worth", "@groups"] }
  expect(await app.query(asked, { as: "ann" })).toEqual({
    title: "Emma",
    state: "in",
    worth: "8.5",
    "@groups": ["desk", "reader"],
  })
  expect(await app.query(asked, { as: "anonymous" })).toBeNull()
  await app.close()
})

test("what docs/asking.md asks is answered as it says", async () => {
  const running = await testApp(portal)
  for (const { type, target, data } of seed) await running.send(type, target, data)
  const [command, ...blocks] = shownIn("../docs/asking.md")
  expect((await running.send("Transact", null, command!["data"] as JsonObject)).state).toBe("succeeded")
  expect(blocks.length).toBe(16)
  for (let i = 0; i < blocks.length; i += 2) {
    expect({ result: await running.query(blocks[i]!) }).toMatchObject({ result: blocks[i + 1] })
  }
  await running.close()
})

test("the words of an application tell all that each function is handed", () => {
  const page = readFileSync(new URL("../src/app/README.md", import.meta.url), "utf8")
  const rowOf = (name: string) => page.split("\n").find(line => line.startsWith(`| ${name} |`)) ?? ""
  const missing = (name: string, needs: readonly string[]) =>
    needs.filter(need => !new RegExp(`\\b${need}\\b`).test(rowOf(name).slice(name.length + 4)))
  expect(missing("a handler", handlerNeeds)).toEqual([])
  expect(missing("a processor", [...processorNeeds, ...effectNeeds])).toEqual([])
  expect(missing("`derived`", derivedNeeds)).toEqual([])
  expect(missing("`query`", namedQueryNeeds)).toEqual([])
})

const sources = new URL("../src/", import.meta.url)
const pages = readdirSync(sources, { recursive: true, encoding: "utf8" }).filter(name => name.endsWith("README.md"))

test.each(pages)("every file that src/%s names is there, in its room or by its path", page => {
  const folder = new URL(`${page.slice(0, -"README.md".length)}`, sources)
  const own = readdirSync(folder, { recursive: true, encoding: "utf8" })
  const named = readFileSync(new URL("README.md", folder), "utf8").matchAll(/`([\w./-]+\.ts)`/g)
  const isThere = (name: string) =>
    own.some(file => file === name || file.endsWith(`/${name}`)) ||
    [sources, new URL("../", sources)].some(base => name.includes("/") && existsSync(new URL(name, base)))
  expect([...named].map(([, name]) => name!).filter(name => !isThere(name))).toEqual([])
})

test("the front page builds an application from what there is to how it is reached, and that one runs [A43]", async () => {
  const page = readFileSync(new URL("../README.md", import.meta.url), "utf8")
  const steps = [
    "defineSchema({",
    "entities:",
    "commands:",
    "events:",
    "partsOf(",
    "decide:",
    "evolve:",
    "daybook({ schema",
  ]
  const places = [...steps, "daybook serve app.ts", "localhost:4000/commands"].map(step => page.indexOf(step))
  expect(places).not.toContain(-1)
  expect(places).toEqual(places.toSorted((a, b) => a - b))

  const folder = mkdtempSync(join(tmpdir(), "front-page-"))
  mkdirSync(join(folder, "node_modules"))
  symlinkSync(fileURLToPath(new URL("../", import.meta.url)), join(folder, "node_modules", "daybook"))
  writeFileSync(join(folder, "app.ts"), /```ts\n([\s\S]+?)```/.exec(page)![1]!)
  const { default: app } = (await import(pathToFileURL(join(folder, "app.ts")).href)) as { default: App }
  const running = await testApp(app)
  const at = { period: "3rd" }
  await running.send("AddPeriod", "r1", at)
  const enrol = async () => (await running.send("EnrollStudent", "r1", { student: "joe", ...at })).state
  expect([await enrol(), await enrol()]).toEqual(["succeeded", "rejected"])
  const { events } = await running.daybook.stream("r1", 1, 10)
  expect(events.map(({ type }) => type)).toEqual(["PeriodAdded", "StudentEnrolled", "AlreadyEnrolled"])
  await running.close()
  rmSync(folder, { recursive: true })
})
