import type { App, Notification } from "daybook"
import { expect, test } from "vitest"
import app from "./app.ts"
import { changed, created, processor, retracted, transact } from "./parts.ts"
import { ann, messaging, statusesOf, usage } from "./servers/story.ts"
import { fakeTransport } from "./transports/fake.ts"

// A consumer that nobody who produces knows of: it notes what it hears.
async function watched(...on: readonly ReturnType<typeof created>[]) {
  const heard: Notification[] = []
  const watching = processor("watching", {
    on,
    pure: ({ notification }) => {
      heard.push(notification)
    },
  })
  const withIt: App = { ...app, processors: [...app.processors, watching] }
  const story = await messaging(fakeTransport(), { app: withIt })
  return { story, heard }
}

test("each commit gives one notification for each entity that it touches [L9]", async () => {
  const { story, heard } = await watched(created("TemplateUsage"), created("TemplateActivity"))
  await story.ask(usage("u", [ann], ["sms", "email"]))
  await story.settle()
  expect(heard.map(({ kind, type }) => `${kind} ${type}`)).toEqual([
    "created TemplateUsage",
    "created TemplateActivity",
    "created TemplateActivity",
  ])
  expect(new Set(heard.map(({ id }) => id)).size).toBe(3)
  await story.close()
})

test("created, changed and retracted are what came of it in the end; what changes nothing says nothing [L10]", async () => {
  const { story, heard } = await watched(created("Template"), changed("Template"), retracted("Template"))
  const kinds = () => heard.splice(0).map(({ kind }) => kind)
  await story.settle()
  expect(kinds()).toEqual(["created"])
  await story.ask(transact([{ entity: "Template", id: "reminder", set: { subject: "New" } }]))
  expect(kinds()).toEqual(["changed"])
  await story.ask(transact([{ entity: "Template", id: "reminder", set: { subject: "New" } }]))
  expect(kinds()).toEqual([])
  await story.ask(transact([{ retract: "reminder" }]))
  expect(kinds()).toEqual(["retracted"])
  await story.close()
})

test("a notification names the entity, its type, t, the command behind it, and what is different [L11]", async () => {
  const { story, heard } = await watched(changed("TemplateActivity"))
  await story.ask(usage("u", [ann], ["sms"]))
  await story.settle()
  const [report] = await story.events("TransportReported")
  expect(heard).toEqual([
    {
      id: expect.any(String),
      kind: "changed",
      entity: report?.stream.id,
      type: "TemplateActivity",
      t: report?.t,
      attributes: ["status", "transportId"],
      causedBy: report?.causedBy,
    },
  ])
  await story.close()
})

test("a handler listens to one attribute, or to one type [L12]", async () => {
  const { story, heard } = await watched(changed("Template", "text"), created("TemplateUsage"))
  await story.ask(transact([{ entity: "Template", id: "reminder", set: { subject: "New" } }]))
  await story.ask(transact([{ entity: "Template", id: "reminder", set: { text: "New" } }]))
  await story.ask(usage("u", [ann], ["sms"]))
  await story.settle()
  expect(heard.map(({ kind, type, attributes }) => [kind, type, ...attributes])).toEqual([
    ["changed", "Template", "text"],
    ["created", "TemplateUsage", "template", "recipients", "channels"],
  ])
  await story.close()
})

test("a consumer is added without a word to those who produce, and changes nothing for them [A28 A29]", async () => {
  const { story, heard } = await watched(changed("TemplateActivity", "status"))
  const without = await messaging()
  for (const one of [story, without]) {
    await one.ask(usage("u", [ann], ["sms", "letter"]))
    await one.settle()
  }
  expect(heard).toHaveLength(2)
  expect(await statusesOf(story, "u")).toEqual(await statusesOf(without, "u"))
  const withIt = story.daybook.catalogue()
  const consumedBy = withIt.events.map(({ consumedBy, ...rest }) => {
    return { ...rest, consumedBy: consumedBy.filter(who => who !== "processor watching") }
  })
  expect({ ...withIt, events: consumedBy }).toEqual(without.daybook.catalogue())
  expect(withIt).not.toEqual(without.daybook.catalogue())
  await story.close()
  await without.close()
})
