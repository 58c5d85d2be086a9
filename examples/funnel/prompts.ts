import { command, prompt, query } from "./parts.ts"

/** What the store has with this word in its name. Who has looked for what is kept: it is told them again. */
export const products = query<{ readonly word: string }>("products", {
  data: { type: "object", properties: { word: { type: "string" } }, required: ["word"], additionalProperties: false },
  record: true,
  run: ({ data: { word }, find }) =>
    find({
      find: ["?product", "?name", "?price"],
      in: ["?word"],
      args: [word],
      where: [
        ["?product", "Product/name", "?name"],
        ["?product", "Product/price", "?price"],
        [["includes", "?name", "?word"]],
      ],
      order: [["?name", "asc"]],
      keys: ["id", "name", "price"],
    }),
})

const approved = prompt("approved", {
  order: 1,
  when: ({ owner, pending }) =>
    pending
      .filter(({ command: { type }, waits }) => type === "BecomeMember" && waits.length > 0)
      .map(({ command: { id }, waits }) => ({
        text: "You have been approved and can order from now on",
        command: id,
        ...(waits[0] === undefined ? {} : { since: waits[0].since }),
        next: command("ReadWelcome", owner, {}),
      })),
})

const pendingMembership = prompt("pending-membership", {
  order: 2,
  when: ({ pending }) =>
    pending
      .filter(({ command: { type }, waits }) => type === "BecomeMember" && waits.length === 0)
      .map(({ command: { id, createdAt } }) => ({ text: "Your membership is pending", command: id, since: createdAt })),
})

const membershipNeeded = prompt("membership-needed", {
  of: "Person",
  order: 3,
  when: ({ owner, entity, pending }) => {
    const blocked = pending.find(({ command: { type }, data }) => type === "RequestQuote" && data["isBlocked"] === true)
    if (blocked === undefined || entity?.stage !== "visitor" || entity.membership === "asked") return null
    return {
      text: "You need to get a membership",
      command: blocked.command.id,
      data: { for: blocked.data["product"] ?? null },
      next: command("ApplyForMembership", owner, { plan: "harbour club" }),
    }
  },
})

const unfinished = prompt("unfinished", {
  order: 4,
  when: ({ owner, pending }) =>
    pending
      .filter(({ command: { type }, waits }) => type === "RequestQuote" && waits.length > 0)
      .map(({ command: { id, createdAt }, data }) => ({
        text: "Here is that quote you started but never finished",
        command: id,
        since: createdAt,
        data: { product: data["product"] ?? null, price: data["price"] ?? null },
        next: command("FinishQuote", owner, { quote: id, amount: 1 }),
      })),
})

const emails = prompt("emails", {
  order: 5,
  when: async ({ newest }) =>
    (await newest("SendEmail", 3)).map(({ id, state, result, createdAt }) => ({
      text: "Here is an email",
      command: id,
      since: createdAt,
      data: { state, letter: result },
    })),
})

const lastQueries = prompt("last-queries", {
  order: 6,
  when: async ({ newest }) => {
    const ran = await newest("RunQuery", 10)
    if (ran.length === 0) return null
    const queries = ran.map(({ data: { name, data = null }, createdAt }) => ({ name, data, at: createdAt }))
    return { text: `Here are the last ${ran.length} queries you ran`, data: { queries } }
  },
})

/** What is put before people, in this order. A new one is a line here. */
export const prompts = [approved, pendingMembership, membershipNeeded, unfinished, emails, lastQueries]
