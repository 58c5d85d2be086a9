import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import { storedData } from "../tools/stored-data.ts"

test("the page about stored data says what the tables say", () => {
  const page = readFileSync(fileURLToPath(new URL("../docs/stored-data.md", import.meta.url)), "utf8")
  expect(page === storedData(), "docs/stored-data.md is not what the tables say: npm run docs").toBe(true)
  expect(page).toMatch(/### versions/)
})
