import type { Document } from "daybook"
import { given } from "daybook/testing"
import { expect, test } from "vitest"
import app from "./app.ts"
import { labels } from "./channels.ts"
import { makeActivities } from "./make-activities.ts"

const template = {
  type: "Template",
  id: "reminder",
  document: {
    name: "reminder",
    subject: "For {{name}}",
    text: "Dear {{name}}",
    html: "<p>Dear {{name}}</p>",
    attachments: [{ name: "map.png", mediaType: "image/png", content: "iVBORw0KGgo=" }],
  },
}
const ann = { name: "Ann <3", phone: "+1 555 0100", email: "ann@example.org", address: "1 Main Street", portal: "ann" }
const step = given(makeActivities).in(app).knowing(template)

function usage(recipients: Document["recipients"], channels: readonly string[] = Object.keys(labels)): Document {
  return { template: "reminder", recipients, channels }
}

// What the step says, as the activities it would make.
async function activities(document: Document): Promise<readonly unknown[]> {
  const { requests, error } = await step.whenCreated("TemplateUsage", "u", document)
  expect(error).toBeNull()
  return requests.flatMap(({ data }) => (Array.isArray(data["ops"]) ? data["ops"] : []))
}

test("a usage comes to one activity for each recipient by each channel [L15 L21]", async () => {
  const bob = { ...ann, name: "Bob" }
  const made = await activities(usage([ann, bob]))
  expect(made).toHaveLength(10)
  expect(new Set(made.map(op => JSON.stringify(op))).size).toBe(10)
})

test("each channel is handed just what it can carry [L15 L20]", async () => {
  const made = await activities(usage([ann]))
  const attachments = template.document.attachments
  const common = { usage: "u", name: "Ann <3", subject: "For Ann <3", body: "Dear Ann <3" }
  const op = (channel: string, set: object) => {
    return { entity: "TemplateActivity", id: `~${channel}-0`, set: { ...common, channel, ...set } }
  }
  expect(made).toEqual([
    op("sms", { to: ann.phone }),
    op("mms", { to: ann.phone, attachments }),
    op("email", { to: ann.email, attachments, html: "<p>Dear Ann &#60;3</p>" }),
    op("letter", { to: ann.address }),
    op("portal", { to: ann.portal, attachments }),
  ])
})

test("who has no address for a channel has failed there before anything is sent [L15 L19]", async () => {
  const made = await activities(usage([{ name: "Bob", phone: "+1 555 0101" }], ["sms", "email"]))
  expect(made).toEqual([
    expect.objectContaining({ set: expect.not.objectContaining({ status: "failed" }) }),
    expect.objectContaining({
      set: expect.objectContaining({ status: "failed", reason: "Bob has no email for E-mail" }),
    }),
  ])
})

test("many recipients are so many ops, in transactions that are not too long [L21]", async () => {
  const many = Array.from({ length: 1_201 }, (_, i) => ({ name: `R ${i}`, phone: `+1 555 ${i}` }))
  const { requests } = await step.whenCreated("TemplateUsage", "u", usage(many, ["sms"]))
  const sizes = requests.map(({ data }) => (Array.isArray(data["ops"]) ? data["ops"].length : 0))
  expect(sizes).toEqual([500, 500, 201])
})

test("the same usage comes to the same activities: the step is a pure function of what it is handed [L23]", async () => {
  expect(await activities(usage([ann]))).toEqual(await activities(usage([ann])))
  expect(makeActivities.mode).toBe("pure")
})

test.each([
  ["a recipient who is only a word", "ann"],
  ["a recipient without a name", { phone: "+1 555 0100" }],
  ["a recipient with a number where there are words", { name: "Ann", phone: 5550100 }],
])("%s is an error and no message [L19 L25]", async (_what, recipient) => {
  const { requests } = await step.whenCreated("TemplateUsage", "u", usage([ann, recipient])).thenFails("no recipient")
  expect(requests).toEqual([])
})

test("a template that asks for what a recipient does not have is an error and no message [L19]", async () => {
  const document = { ...template.document, text: "Dear {{title}}" }
  const { requests } = await given(makeActivities)
    .in(app)
    .knowing({ ...template, document })
    .whenCreated("TemplateUsage", "u", usage([ann]))
    .thenFails("{{title}}")
  expect(requests).toEqual([])
})
