import { readdirSync } from "node:fs"
import { fileURLToPath } from "node:url"
import { describe, expect, test } from "vitest"
import { bundleOf } from "./browser/bundle.ts"
import { chromium, recordedInChromium } from "./browser/chromium.ts"
import type { Said } from "./browser/recorder.ts"

const here = fileURLToPath(new URL(".", import.meta.url))
const own = fileURLToPath(import.meta.url)
const all = readdirSync(here)
  .filter(name => name.endsWith(".test.ts"))
  .map(name => here + name)
  .filter(path => path !== own)

// What is served as JSON Schema is held against another program, which makes code.
const isOfOthers = (path: string) => path.endsWith("json-schema.test.ts")
// Where no code may be made, the JSON Schema of a message is not looked at.
const isOfJsonSchema = (title: string) => title.startsWith("commands and events that are malformed")

async function recordedInNode(bundle: string): Promise<readonly Said[]> {
  const module = (await import(`data:text/javascript,${encodeURIComponent(bundle)}`)) as {
    recorded: () => Promise<readonly Said[]>
  }
  return module.recorded()
}

const onPage = async (bundle: string, scripts: string) =>
  recordedInChromium(chromium!, bundle, `default-src 'none'; connect-src 'self'; script-src 'self'${scripts}`)

const where = chromium === null ? "in Chromium, which is not on the PATH here, so this is left out," : "in Chromium"

describe("the validator, as a bundle for pages,", () => {
  const bundle = bundleOf(all)
  const inNode = bundle.then(recordedInNode)

  test("is made of what a page has, and finds in Node what its tests look at [L30]", async () => {
    expect((await inNode).length).toBeGreaterThan(1_000)
    expect((await inNode).filter(([, matcher]) => matcher === "threw")).toEqual([])
  })

  test.skipIf(chromium === null)(`finds ${where} what it finds in Node, fault by fault [L29 L30 L85]`, async () => {
    expect(await onPage(await bundle, " 'unsafe-eval'")).toEqual(await inNode)
  })

  test.skipIf(chromium === null)(
    `judges ${where} schemas and documents where no code may be made, and of messages says that it cannot [L30]`,
    async () => {
      const ofDocuments = await bundleOf(all.filter(path => !isOfOthers(path)))
      const [there, here] = [await onPage(ofDocuments, ""), await recordedInNode(ofDocuments)]
      const isNoVerdict = ([, matcher, found]: Said) =>
        matcher === "threw" && found.includes("unavailable") && found.includes("content security policy")
      const without = new Set(there.filter(isNoVerdict).map(([title]) => title))
      const judged = (said: readonly Said[]) => said.filter(([title]) => !without.has(title) && !isOfJsonSchema(title))
      expect(judged(there)).toEqual(judged(here))
      expect(judged(there).length).toBeGreaterThan(600)
      expect(without.size).toBeGreaterThan(0)
      expect([...without].filter(title => !/^data is validated|^messages know/.test(title))).toEqual([])
    },
  )
})
