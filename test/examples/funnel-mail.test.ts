import { mkdtemp, readFile, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "vitest"
import { mailServer, type MailServer } from "../../examples/messaging/servers/mail-server.ts"
import { mailAt } from "../../examples/funnel/mail.ts"
import { store } from "../../examples/funnel/story.ts"

let server: MailServer
beforeAll(async () => {
  server = await mailServer()
})
afterAll(() => server.close())

const places = () => ({ SMTP_URL: server.url, MAIL_FROM: "The Store <store@harbour.example>" })
const start = "2030-01-07T12:00:00.000Z"

test("a letter reaches a real mail server, once, and stands in the stream of its reader [W4 W17]", async () => {
  const before = server.taken.length
  const running = await store(start, { mail: mailAt(places()) })
  const [sending] = await running.commands("SendEmail")
  expect(sending).toMatchObject({ state: "succeeded" })
  expect(server.taken.length).toBe(before + 1)
  const { to, raw } = server.taken.at(-1)!
  expect(to).toBe("ann@example.org")
  expect(raw).toMatch(/^From: The Store <store@harbour\.example>\r$/m)
  expect(raw).toMatch(/^To: ann@example\.org\r$/m)
  expect(raw).toMatch(/^Subject: Storm lamps for the price of candles\r$/m)
  expect(raw).toContain(`Message-ID: <${sending!.command.id}@harbour.example>`)
  expect(raw).toContain("looked at lamps")
  await running.thenSeen("EmailSent", { subject: "Storm lamps for the price of candles" })
  await running.close()
})

test("a server that is busy is asked again later, and the letter is one [W4]", async () => {
  const before = server.taken.length
  server.refuseNext(450, 421)
  const running = await store(start, { mail: mailAt(places()) })
  expect(server.taken.length).toBe(before)
  await running.thenNot("EmailSent")
  for (let minutes = 0; minutes < 5; minutes += 1) await running.advance(60_000)
  await running.settle()
  expect(server.taken.length).toBe(before + 1)
  expect(await running.commands("SendEmail")).toMatchObject([{ state: "succeeded" }])
  await running.close()
})

test("a mailbox that is not there is the end of it, and says why [W4]", async () => {
  const before = server.taken.length
  server.refuseNext(550)
  const running = await store(start, { mail: mailAt(places()) })
  const [sending] = await running.commands("SendEmail")
  expect(sending).toMatchObject({ state: "failed", error: { message: expect.stringContaining("550") } })
  await running.advance(3_600_000)
  expect(server.taken.length).toBe(before)
  await running.thenNot("EmailSent")
  await running.close()
})

test("what is written in any script arrives as it was written, and cannot add a header", async () => {
  const subject = "Für Zoë: 灯\r\nBcc: eve@example.org"
  await mailAt(places()).send({ to: "zoe@example.org", subject, text: "Grüße, Zoë" }, { key: "k1" })
  const { to, raw } = server.taken.at(-1)!
  expect(to).toBe("zoe@example.org")
  expect(raw).not.toMatch(/^Bcc:/m)
  expect(raw).toMatch(/^Subject: =\?UTF-8\?/m)
  expect(raw).toContain("\r\n\r\nGr=C3=BC=C3=9Fe, Zo=C3=AB\r\n")
})

test("without a server a letter is a file, and the same one when it is sent again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "letters-"))
  const mail = mailAt({ OUTBOX: folder })
  for (let times = 0; times < 2; times += 1)
    await mail.send({ to: "ann@example.org", subject: "Hello", text: "Dear Ann" }, { key: "a/b" })
  expect(await readdir(folder)).toEqual(["a%2Fb.txt"])
  expect(await readFile(join(folder, "a%2Fb.txt"), "utf8")).toBe("To: ann@example.org\nSubject: Hello\n\nDear Ann\n")
  await rm(folder, { recursive: true })
})
