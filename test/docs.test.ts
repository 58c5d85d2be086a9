import { existsSync, readFileSync, readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
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
    ]),
  )
  expect(new Set(nouns).size).toBe(nouns.length)
  expect(architecture).toMatch(/server +cli[\s\S]+kernel +the nouns/)
  expect(architecture).toMatch(/Architecture Patterns with Python/)
})

test("every room has a page in reading order, and ARCHITECTURE lists every room [A43]", () => {
  const rooms = readdirSync(new URL("../src/", import.meta.url), { withFileTypes: true }).filter(entry =>
    entry.isDirectory(),
  )
  const names = rooms.map(({ name }) => name)
  const hasPage = (name: string) => existsSync(new URL(`../src/${name}/README.md`, import.meta.url))
  expect(names.filter(name => !architecture.includes(`\`${name}`))).toEqual([])
  expect(names.filter(name => name !== "adapters" && !hasPage(name))).toEqual([])
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
