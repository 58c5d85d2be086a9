import { expect, test } from "vitest"
import type { JsonObject } from "../../src/kernel/json.ts"
import { namingAdvice } from "../../src/schema/naming.ts"
import { parseSchema } from "../../src/schema/parse.ts"
import { bookWith } from "./making.ts"
import { portal } from "./portal.ts"

const advice = (table: "commands" | "events", names: readonly string[], more: JsonObject = {}) => {
  const place = table === "commands" ? "target" : "stream"
  const messages = Object.fromEntries(names.map(name => [name, { [place]: "Book", ...more }]))
  return namingAdvice(parseSchema(bookWith({}, { [table]: messages }))).map(fault => `${fault.path} ${fault.code}`)
}

test("a command that is named in the imperative is left alone [N27]", () => {
  const good = [
    "ChangeStudentName",
    "EnrollStudent",
    "SetPrice",
    "PutBack",
    "FeedFish",
    "BringBack",
    "ReadMeter",
    "W_Complete",
    "requestQuote",
    "PositionTable",
  ]
  expect(advice("commands", good)).toEqual([])
})

test("a command that is named as an event, a state or a thing gets advice [N27]", () => {
  expect(advice("commands", ["ChangedName", "SentLetter", "BuyingBook", "CancellationOfOrder", "taken_back"])).toEqual([
    "/commands/ChangedName imperative",
    "/commands/SentLetter imperative",
    "/commands/BuyingBook imperative",
    "/commands/CancellationOfOrder imperative",
    "/commands/taken_back imperative",
  ])
})

test("an event that is named in the past tense is left alone [N32]", () => {
  const good = [
    "StudentNameChanged",
    "LoanOfferSentByMail",
    "BookTaken",
    "PriceSet",
    "LoanBecameOverdue",
    "order-paid",
    "SMSSent",
    "FishFed",
  ]
  expect(advice("events", good)).toEqual([])
})

test("an event that is named as a command or a thing gets advice [N32]", () => {
  expect(advice("events", ["ChangeStudentName", "Enrollment", "FeedFish", "UserName"])).toEqual([
    "/events/ChangeStudentName past-tense",
    "/events/Enrollment past-tense",
    "/events/FeedFish past-tense",
    "/events/UserName past-tense",
  ])
})

test("a rejection is called what it is [N32]", () => {
  expect(advice("events", ["UnknownPeriod", "NoSeats"], { rejection: true })).toEqual([])
})

test("advice is a sentence with an example, and no schema is refused for it [N27] [N32]", () => {
  const schema = parseSchema(bookWith({}, { events: { Enrollment: { stream: "Book" } } }))
  expect(namingAdvice(schema)[0]?.message).toBe(
    "An event says what happened, with a past participle, such as StudentNameChanged: Enrollment has none",
  )
  expect(namingAdvice(parseSchema(portal))).toEqual([])
})
