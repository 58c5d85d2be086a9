import { readFileSync, readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { expect, test } from "vitest"
import app from "./app.ts"
import { channels, labels, transportsAt } from "./channels.ts"
import { schema } from "./schema.ts"

test("there are five channels, and each has a label, an address and a transport [L20]", () => {
  const names = ["sms", "mms", "email", "letter", "portal"]
  expect(Object.keys(labels)).toEqual(names)
  expect(Object.keys(channels)).toEqual(names)
  expect(Object.keys(transportsAt({}))).toEqual(names)
})

test("what the schema says of channels is what they say of themselves [L20]", () => {
  expect(schema.entities.TemplateUsage.attributes.channels.values).toBe(labels)
  expect(schema.entities.TemplateActivity.attributes.channel.values).toBe(labels)
})

test("no other file of the application names a channel: another one is added in a single place [L20]", () => {
  const here = fileURLToPath(new URL(".", import.meta.url))
  const files = readdirSync(here).filter(name => name.endsWith(".ts") && !name.endsWith(".test.ts"))
  const naming = files.filter(name => /\b(sms|mms|email|letter|portal)\b/i.test(codeOf(here + name)))
  expect(files.length).toBeGreaterThan(8)
  expect(naming).toEqual(["channels.ts"])
})

test("adapters are opened by the application, and nothing is connected to before something is sent [A21]", () => {
  expect(Object.keys(app.adapters)).toEqual(["transports"])
})

// Without comments and docs, which may give examples.
function codeOf(path: string): string {
  return readFileSync(path, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$|doc: ".*?"/gm, "")
}
