import type { TestApp } from "daybook/testing"
import { expect, test } from "vitest"
import { command } from "./parts.ts"
import { store } from "./story.ts"

const textsOf = async (running: TestApp) =>
  (await running.prompts("ann")).filter(({ prompt }) => prompt !== "emails").map(({ text }) => text)
const apply = command("ApplyForMembership", "ann", { plan: "harbour club" })

test("what is put before Ann follows what she has done and what is pending, step by step [W11 W12 W14 W15 W16]", async () => {
  const running = await store()
  expect(await textsOf(running)).toEqual([])

  await running.ask(command("RequestQuote", "ann", { product: "lamp" }), { as: "ann", id: "quote" })
  await running.settle()
  const [unfinished] = await running.prompts("ann")
  expect(unfinished).toMatchObject({
    text: "Here is that quote you started but never finished",
    command: "quote",
    data: { product: "lamp", price: 25 },
    next: { type: "FinishQuote", data: { quote: "quote" } },
  })

  await running.ask(unfinished!.next!, { as: "ann" })
  await running.settle()
  const [needed] = await running.prompts("ann")
  expect(needed).toMatchObject({ text: "You need to get a membership", data: { for: "lamp" } })

  await running.ask(needed!.next!, { as: "ann" })
  await running.settle()
  expect(await textsOf(running)).toEqual(["Your membership is pending"])

  await running.ask(command("ApproveMembership", "ann", {}), { as: "sam" })
  await running.settle()
  const [approved] = await running.prompts("ann")
  expect(approved).toMatchObject({
    text: "You have been approved and can order from now on",
    next: { type: "ReadWelcome" },
  })

  await running.ask(approved!.next!, { as: "ann" })
  await running.settle()
  expect(await textsOf(running)).toEqual([])
  await running.close()
})

test("several at once come in their order [W11]", async () => {
  const running = await store()
  for (const product of ["lamp", "rope"]) await running.ask(command("RequestQuote", "ann", { product }), { as: "ann" })
  await running.ask(apply, { as: "ann" })
  await running.daybook.query({ name: "products", data: { word: "lamp" } }, { principal: "ann" })
  await running.settle()
  expect((await running.prompts("ann")).map(({ prompt, order }) => [prompt, order])).toEqual([
    ["pending-membership", 2],
    ["unfinished", 4],
    ["unfinished", 4],
    ["emails", 5],
    ["last-queries", 6],
  ])
  await running.close()
})

test("here are the last ten queries she ran, newest first [W13]", async () => {
  const running = await store()
  for (let n = 1; n <= 12; n++) {
    const asked = { name: "products", data: { word: `lamp ${n}` } }
    await running.daybook.query(asked, { principal: "ann" })
    await running.advance(1_000)
  }
  const { result } = await running.daybook.query({ name: "products", data: { word: "lamp" } }, { principal: "bob" })
  expect(result).toEqual([{ id: "lamp", name: "Storm lamp", price: 25 }])
  const prompt = (await running.prompts("ann")).find(one => one.prompt === "last-queries")
  expect(prompt?.text).toBe("Here are the last 10 queries you ran")
  const queries = prompt?.data?.["queries"] as readonly { readonly data: { readonly word: string } }[]
  expect(queries.map(({ data }) => data.word)).toEqual([12, 11, 10, 9, 8, 7, 6, 5, 4, 3].map(n => `lamp ${n}`))
  await running.close()
})

test("here is an e-mail, with what became of it [W17]", async () => {
  const running = await store()
  const [email] = await running.prompts("ann")
  expect(email).toMatchObject({
    prompt: "emails",
    text: "Here is an email",
    data: { state: "succeeded", letter: { subject: "Storm lamps for the price of candles" } },
  })
  await running.close()
})

test("nobody is told what is put before somebody else, but who works here [W11]", async () => {
  const running = await store()
  const asking = (principal: string) =>
    running.daybook.query({ name: "prompts", data: { owner: "ann" } }, { principal })
  await expect(asking("bob")).rejects.toMatchObject({ code: "forbidden" })
  expect((await asking("sam")).result).toHaveLength(1)
  await running.close()
})
