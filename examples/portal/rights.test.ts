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

test.each(Object.entries(table))("%s sees and writes what the rules say [L53 L54 L64 L70]", async (who, expected) => {
  for (const permission of ["read", "write"] as const) {
    const subject = who === "anonymous" ? null : who
    const asked = words(everything).map(entity => ({ subject, entity, permission }))
    const answers = await portal.daybook.check(asked, { principal: "system" })
    const allowed = words(everything).filter((_, i) => answers[i]!.allowed)
    expect(allowed, permission).toEqual(words(expected[permission]))
  }
})

test.each(Object.entries(table))("%s finds in queries exactly what they may read [L66 L75]", async (who, { read }) => {
  const types = ["User", "Org", "Folder", "File", "Share"]
  const found = await Promise.all(
    types.map(async type => {
      const query = { find: [["?e", "..."]], where: [["?e", "@type", type]] }
      return (await portal.daybook.query(query, { principal: who })).result
    }),
  )
  expect(found.flat().toSorted()).toEqual(words(read).toSorted())
})

test("each writes what they may write, and nothing else [L77 L79]", async () => {
  const titled = words("plans budget diary offer terms minutes")
  for (const [who, { write }] of Object.entries(table)) {
    const done = await Promise.all(
      titled.map(async id => {
        const entity = id === "plans" ? "Folder" : "File"
        const ops = [{ entity, id, set: { body: `By ${who}` } }]
        return portal.send("Transact", null, { ops }, { as: who }).then(
          outcome => outcome.state,
          (error: unknown) => (error as { code: string }).code,
        )
      }),
    )
    expect(
      titled.filter((_, i) => done[i] === "succeeded"),
      who,
    ).toEqual(words(write).filter(id => titled.includes(id)))
    const read = words(table[who as keyof typeof table].read)
    titled.forEach((id, i) => {
      if (done[i] !== "succeeded") expect([id, done[i]]).toEqual([id, read.includes(id) ? "forbidden" : "not-found"])
    })
  }
})
