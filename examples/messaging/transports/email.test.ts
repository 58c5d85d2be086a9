import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { mailServer, type MailServer } from "../servers/mail-server.ts"
import { emailTransport } from "./email.ts"

const message = {
  to: "ann@example.org",
  subject: "Your appointment",
  text: "Dear Ann, see you on Monday.",
  html: "<p>Dear <b>Ann</b>, see you on Monday.</p>",
  attachments: [{ name: "notes.txt", mediaType: "text/plain", content: "QnJpbmcgeW91ciBjYXJkLg==" }],
}

let server: MailServer
let folder: string

beforeAll(async () => {
  server = await mailServer()
  folder = await mkdtemp(join(tmpdir(), "email-"))
})
afterAll(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

function transport(sentFolder = folder) {
  return emailTransport({ url: server.url, from: "Daybook <daybook@example.org>", sentFolder })
}

test("an e-mail is html with plain text as its alternative, and what is attached [A24]", async () => {
  await transport().send(message, { key: "letter-1" })
  const { to, raw } = server.taken.at(-1)!
  expect(to).toBe("ann@example.org")
  expect(raw).toMatch(/^From: Daybook <daybook@example\.org>/m)
  expect(raw).toMatch(/^Subject: Your appointment/m)
  expect(raw).toMatch(
    /multipart\/alternative[\s\S]*text\/plain[\s\S]*see you on Monday[\s\S]*text\/html[\s\S]*<b>Ann<\/b>/,
  )
  expect(raw).toMatch(/filename=notes\.txt[\s\S]*QnJpbmcgeW91ciBjYXJkLg==/)
})

test("the key is in the headers, so that a mailbox knows a second copy [L18]", async () => {
  const { id } = await transport().send(message, { key: "letter-2" })
  const { raw } = server.taken.at(-1)!
  expect(id).toBe("<letter-2@example.org>")
  expect(raw).toContain("Message-ID: <letter-2@example.org>")
  expect(raw).toContain("X-Idempotency-Key: letter-2")
})

test("a mailbox that does not exist is the end of it, one that is busy is not [L19]", async () => {
  server.refuseNext(550)
  expect(await transport().send(message, { key: "nobody" })).toEqual({
    status: "failed",
    reason: expect.stringContaining("550"),
  })
  server.refuseNext(450)
  await expect(transport().send(message, { key: "busy" })).rejects.toThrow(/450/)
  expect(await transport().send(message, { key: "busy" })).toMatchObject({ status: "sent" })
})

test("after a crash between the server's yes and the note, the copy has the same Message-ID [L18]", async () => {
  const forgotten = join(folder, "forgotten")
  await transport().send(message, { key: "twice" })
  await transport(forgotten).send(message, { key: "twice" })
  const copies = server.taken.filter(({ raw }) => raw.includes("Message-ID: <twice@example.org>"))
  expect(copies).toHaveLength(2)
})
