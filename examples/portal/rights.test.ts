import { testApp } from "daybook/testing"
import { afterAll, beforeAll, expect, test } from "vitest"
import app, { seed } from "./app.ts"

let portal: Awaited<ReturnType<typeof testApp>>
beforeAll(async () => {
  portal = await testApp(app)
  for (const { type, target, data } of seed) await portal.send(type, target, data)
})
afterAll(() => portal.close())

/** What each of them sees, and may write, of everything that there is. */
const table = {
  alice: { read: "alice acme plans budget offer terms", write: "alice acme plans budget offer terms" },
  bob: { read: "bob acme plans budget diary offer terms", write: "bob plans budget diary" },
  carol: {
    read: "carol zenith plans budget offer terms minutes plans-for-zenith offer-for-zenith",
    write: "carol offer terms",
  },
  dave: { read: "dave offer terms", write: "dave offer terms" },
  anonymous: { read: "", write: "" },
}

const everything =
  "alice bob carol dave acme zenith plans budget diary offer terms minutes plans-for-zenith offer-for-zenith"

const words = (text: string) => text.split(" ").filter(Boolean)

const inOrder = (ids: readonly string[]) => ids.toSorted((a, b) => (a < b ? -1 : 1))

test.each(Object.entries(table))(
  "%s sees and writes what the rules say [L31 L32 L53 L54 L64 L70]",
  async (who, expected) => {
    const allowed = async (permission: string) => {
      const subject = who === "anonymous" ? null : who
      const asked = words(everything).map(entity => ({ subject, entity, permission }))
      const answers = await portal.daybook.check(asked, { principal: "system" })
      return words(everything).filter((_, i) => answers[i]!.allowed)
    }
    expect(await allowed("read")).toEqual(words(expected.read))
    expect(await allowed("write")).toEqual(words(expected.write))
  },
)

test.each(Object.entries(table))("%s finds in queries exactly what they may read [L66 L75]", async (who, { read }) => {
  const found: string[] = []
  for (const type of ["User", "Org", "Folder", "File", "Share"]) {
    const query = { find: [["?e", "..."]], where: [["?e", "@type", type]] }
    const { result } = await portal.daybook.query(query, { principal: who })
    found.push(...(result as string[]))
  }
  expect(inOrder(found)).toEqual(inOrder(words(read)))
})

test.each(Object.entries(table))("%s writes what they may write, and nothing else [L77 L79]", async (who, expected) => {
  const answers: Record<string, string> = {}
  for (const id of words("plans budget diary offer terms minutes")) {
    const ops = [{ entity: id === "plans" ? "Folder" : "File", id, set: { body: `By ${who}` } }]
    answers[id] = await portal.send("Transact", null, { ops }, { as: who }).then(
      outcome => outcome.state,
      (error: unknown) => (error as { code: string }).code,
    )
  }
  const [read, write] = [words(expected.read), words(expected.write)]
  const told = (id: string) => (write.includes(id) ? "succeeded" : read.includes(id) ? "forbidden" : "not-found")
  expect(answers).toEqual(Object.fromEntries(Object.keys(answers).map(id => [id, told(id)])))
})
