import { afterAll, beforeAll, expect, test } from "vitest"
import { messageService, type MessageService } from "../servers/message-service.ts"
import { httpTransport } from "./http.ts"

const message = { to: "+1 555 0100", subject: "Ignored", text: "See you on Monday." }
let service: MessageService

beforeAll(async () => {
  service = await messageService()
})
afterAll(() => service.close())

test("a short message is its text and nothing else; one with pictures takes them along [L20]", async () => {
  const transport = httpTransport({ url: service.url })
  const picture = { name: "map.png", mediaType: "image/png", content: "iVBORw0KGgo=" }
  await transport.send(message, { key: "plain" })
  await transport.send({ ...message, attachments: [picture] }, { key: "pictures" })
  expect(service.taken).toEqual([
    { key: "plain", body: { to: message.to, text: message.text } },
    { key: "pictures", body: { to: message.to, text: message.text, media: [picture] } },
  ])
})

test("what the service will never take has failed, and says why [L19]", async () => {
  service.answerNext(422)
  const sending = await httpTransport({ url: service.url }).send(message, { key: "wrong number" })
  expect(sending).toEqual({ status: "failed", reason: expect.stringContaining("422") })
})

test.each([500, 503, 429, "hang up"] as const)("a service that answers %s may take it later [L19]", async answer => {
  const transport = httpTransport({ url: service.url })
  const key = `later-${answer}`
  service.answerNext(answer)
  await expect(transport.send(message, { key })).rejects.toThrow(answer === "hang up" ? "fetch failed" : `${answer}`)
  expect(await transport.send(message, { key })).toMatchObject({ status: "sent" })
})

test("an answer that was lost on its way is asked for again, and nothing is sent twice [L18]", async () => {
  const transport = httpTransport({ url: service.url })
  const before = service.taken.length
  service.answerNext("take it and hang up")
  await expect(transport.send(message, { key: "lost" })).rejects.toThrow("fetch failed")
  expect(await transport.status("lost")).toMatchObject({ status: "sent" })
  expect(await transport.send(message, { key: "lost" })).toMatchObject({ status: "sent" })
  expect(service.taken.length).toBe(before + 1)
})

test("a service that is away is an error with its cause, not a bug of ours [L19]", async () => {
  const away = await messageService()
  await away.close()
  const sending = httpTransport({ url: away.url }).send(message, { key: "away" })
  await expect(sending).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } })
})
