import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { mailServer, type MailServer } from "../servers/mail-server.ts"
import { messageService, type MessageService } from "../servers/message-service.ts"
import { emailTransport } from "./email.ts"
import { fakeTransport } from "./fake.ts"
import { fileTransport, letter, upload } from "./files.ts"
import { httpTransport } from "./http.ts"
import type { Message, Transport } from "./transport.ts"

const message: Message = {
  to: "ann@example.org",
  subject: "Your appointment",
  text: "Dear Ann, see you on Monday.",
  attachments: [{ name: "map.png", mediaType: "image/png", content: "iVBORw0KGgo=" }],
}

let service: MessageService
let mail: MailServer
let folder: string

beforeAll(async () => {
  service = await messageService()
  mail = await mailServer()
  folder = await mkdtemp(join(tmpdir(), "transports-"))
})

afterAll(async () => {
  await service.close()
  await mail.close()
  await rm(folder, { recursive: true })
})

const fake = fakeTransport()

// One suite for all: each is opened anew for each case, so that it knows only what the outside knows.
const transports: readonly [name: string, open: () => Transport, countSent: () => Promise<number> | number][] = [
  ["SMS", () => httpTransport({ url: service.url, token: "secret" }), () => service.taken.length],
  ["MMS", () => httpTransport({ url: service.url }), () => service.taken.length],
  ["e-mail", () => emailTransport({ url: mail.url, from, sentFolder: join(folder, "mail") }), () => mail.taken.length],
  ["letter", () => fileTransport(join(folder, "letters"), letter), () => filesIn("letters")],
  ["portal", () => fileTransport(join(folder, "portal"), upload), () => filesIn("portal")],
  ["fake", () => fake, () => fake.sent.size],
]
const from = "Daybook <daybook@example.org>"

async function filesIn(name: string): Promise<number> {
  return (await readdir(join(folder, name)).catch(() => [])).length
}

describe.each(transports)("the %s transport", (name, open, countSent) => {
  test("knows nothing of what it never sent [A21]", async () => {
    expect(await open().status(`${name}-never`)).toBeNull()
  })

  test("sends, and says what it calls the message [A21 L20]", async () => {
    const before = await countSent()
    const sending = await open().send(message, { key: `${name}-1` })
    expect(sending).toEqual({ status: "sent", id: expect.any(String) })
    expect(await countSent()).toBe(before + 1)
  })

  test("sends once, however often it is asked with the same key [A21 L18]", async () => {
    const before = await countSent()
    const first = await open().send(message, { key: `${name}-2` })
    expect(await open().send(message, { key: `${name}-2` })).toEqual(first)
    expect(await open().status(`${name}-2`)).toEqual(first)
    expect(await countSent()).toBe(before + 1)
  })

  test("takes messages with other keys for others, though they say the same [A21]", async () => {
    const before = await countSent()
    await open().send(message, { key: `${name}-3/../a` })
    await open().send(message, { key: `${name}-3/../b` })
    expect(await countSent()).toBe(before + 2)
  })
})
