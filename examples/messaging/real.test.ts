import { mkdtemp, readdir, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { testApp } from "daybook/testing"
import { afterAll, beforeAll, expect, test } from "vitest"
import app from "./app.ts"
import { transportsAt } from "./channels.ts"
import { mailServer, type MailServer } from "./servers/mail-server.ts"
import { messageService, type MessageService } from "./servers/message-service.ts"
import { activitiesOf, ann, statusesOf, template, usage } from "./servers/story.ts"

const all = ["sms", "mms", "email", "letter", "portal"] as const
let mail: MailServer
let service: MessageService
let outbox: string

beforeAll(async () => {
  mail = await mailServer()
  service = await messageService()
  outbox = await mkdtemp(join(tmpdir(), "outbox-"))
})
afterAll(async () => {
  await mail.close()
  await service.close()
  await rm(outbox, { recursive: true })
})

// Each story has ids of its own: what was sent in one is no repetition of what was sent in another.
async function begin(seed: string) {
  const places = { SMTP_URL: mail.url, SMS_URL: service.url, MMS_URL: service.url, OUTBOX: outbox }
  const story = await testApp(app, { seed, adapters: { transports: transportsAt(places) } })
  await story.ask(template)
  return story
}

test("one usage goes out by five channels, to real servers and real files [L14 L15 L16 L20 A21 A24]", async () => {
  const story = await begin("u")
  await story.ask(usage("u", [ann, { ...ann, name: "Bob" }], all))
  await story.settle()
  expect(await statusesOf(story, "u")).toEqual({ sent: 10 })
  const subjects = mail.taken.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1])
  expect(new Set(subjects)).toEqual(new Set(["Your appointment, Ann", "Your appointment, Bob"]))
  expect(mail.taken).toHaveLength(2)
  expect(service.taken.map(({ body }) => body)).toHaveLength(4)
  expect([await readdir(join(outbox, "letter")), await readdir(join(outbox, "portal"))]).toEqual([
    [expect.stringMatching(/\.letter\.txt$/), expect.stringMatching(/\.letter\.txt$/)],
    [expect.stringMatching(/\.json$/), expect.stringMatching(/\.json$/)],
  ])
  await story.close()
})

test("many are told by as many e-mails, each to one of them: nobody reads who else was told [A24]", async () => {
  const story = await begin("broadcast")
  const before = mail.taken.length
  const people = ["ann", "bob", "eve"].map(name => ({ ...ann, name, email: `${name}@example.org` }))
  await story.ask(usage("broadcast", people, ["email"]))
  await story.settle()
  const mails = mail.taken.slice(before)
  expect(mails.map(({ to }) => to).toSorted((a, b) => a.localeCompare(b))).toEqual(people.map(({ email }) => email))
  for (const { to, raw } of mails) expect(new Set(raw.match(/\w+@example\.org(?=\s*$)/gm))).toContain(to)
  await story.close()
})

test("the activity's id is the key by which the other side knows a message again [L18]", async () => {
  const story = await begin("v")
  await story.ask(usage("v", [ann], ["sms"]))
  await story.settle()
  const [id] = await (await story.daybook.snapshot()).idsBy("TemplateActivity/usage", "v")
  expect(service.taken.at(-1)).toMatchObject({ key: id })
  await story.close()
})

test("a service that loses its answers, or is broken for a while, sends each message once all the same [L18 L19]", async () => {
  const story = await begin("w")
  const before = service.taken.length
  service.answerNext(503, "take it and hang up", "hang up", 429)
  await story.ask(usage("w", [ann, { ...ann, name: "Bob" }, { ...ann, name: "Eve" }], ["sms"]))
  for (let minutes = 0; minutes < 5; minutes += 1) {
    await story.settle()
    await story.advance(60_000)
  }
  expect(await statusesOf(story, "w")).toEqual({ sent: 3 })
  expect(service.taken.length).toBe(before + 3)
  await story.close()
})

test("a wrong number and a mailbox that is not there have failed, and say why [L19]", async () => {
  const story = await begin("x")
  service.answerNext(422)
  mail.refuseNext(550)
  await story.ask(usage("x", [ann], ["sms", "email"]))
  await story.settle()
  expect(await activitiesOf(story, "x")).toMatchObject({
    "sms Ann": { status: "failed", reason: expect.stringContaining("422") },
    "email Ann": { status: "failed", reason: expect.stringContaining("550") },
  })
  await story.close()
})
