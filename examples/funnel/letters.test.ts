import { expect, test } from "vitest"
import { written } from "./letters.ts"
import { store } from "./story.ts"

const ann = { name: "Ann Arbor", email: "a@b.c", stage: "visitor", looked: [], ordered: [] } as const

test("a letter is written from what its reader has done [W4]", () => {
  const special = { letter: "special", about: "Cheap lamps" } as const
  expect(written(special, ann).text).toMatch(/^Dear Ann,\n\nWe thought of you: Cheap lamps\./)
  expect(written(special, { ...ann, looked: ["ropes"] }).text).toContain("Since you looked at ropes, we")
  expect(written(special, { ...ann, looked: ["oars", "lamps", "ropes", "maps"] }).text).toContain(
    "Since you looked at lamps, ropes and maps, we",
  )
  const ordered = { letter: "ordered", about: "lamp", amount: 2 } as const
  expect(written(ordered, { ...ann, ordered: ["lamp"] }).text).toContain("your first order. 2 of lamp")
  expect(written(ordered, { ...ann, ordered: ["rope", "lamp"] }).text).toContain("After rope, 2 of lamp")
})

test("it is sent by e-mail, once, with a key, and stands in the stream of its reader [W4 W17]", async () => {
  const running = await store()
  await running.restart()
  await running.settle()
  running.adapter("mail").calledTimes(1)
  const [sending] = await running.commands("SendEmail")
  expect(sending).toMatchObject({
    state: "succeeded",
    owner: "ann",
    result: { subject: "Storm lamps for the price of candles", text: expect.stringContaining("looked at lamps") },
  })
  running
    .adapter("mail")
    .called("send", { to: "ann@example.org", ...(sending!.result as object) }, { key: sending!.command.id })
  await running.thenSeen("EmailSent", { subject: "Storm lamps for the price of candles" })
  await running.close()
})
