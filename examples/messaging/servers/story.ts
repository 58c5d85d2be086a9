import type { App, Document, Json, Request } from "daybook"
import { testApp, type TestApp, type TestAppOptions } from "daybook/testing"
import app from "../app.ts"
import type { Channel } from "../channels.ts"
import { transact } from "../parts.ts"
import { textIn } from "../reading.ts"
import { everyChannelBy, fakeTransport } from "../transports/fake.ts"
import type { Transport } from "../transports/transport.ts"

/** Somebody who can be reached by every channel. */
export const ann = {
  name: "Ann",
  phone: "+1 555 0100",
  email: "ann@example.org",
  address: "Ann Lee, 1 Main Street",
  portal: "ann",
  day: "Monday",
}

/** A template under the id `reminder`. */
export const template = transact([
  {
    entity: "Template",
    id: "reminder",
    set: {
      name: "reminder",
      subject: "Your appointment, {{name}}",
      text: "Dear {{name}}, see you on {{day}}.",
      html: "<p>Dear <b>{{name}}</b>, see you on {{day}}.</p>",
    },
  },
])

/** The use of that template, for some recipients by some channels. */
export function usage(id: string, recipients: readonly Json[], channels: readonly Channel[]): Request {
  return transact([{ entity: "TemplateUsage", id, set: { template: "reminder", recipients, channels } }])
}

/** The application under simulated time, with one transport for all channels, and the template in it. */
export async function messaging(
  transport: Transport = fakeTransport(),
  options: TestAppOptions & { readonly app?: App } = {},
): Promise<TestApp> {
  const test = await testApp(options.app ?? app, { ...options, adapters: { transports: everyChannelBy(transport) } })
  await test.ask(template)
  return test
}

/** The activities of a usage, by the channel and the recipient, as they are now. */
export async function activitiesOf({ daybook }: TestApp, usageId: string): Promise<Record<string, Document>> {
  const snapshot = await daybook.snapshot()
  const ids = await snapshot.idsBy("TemplateActivity/usage", usageId)
  const activities = await Promise.all(ids.map(id => snapshot.entity(id)))
  const found = activities.flatMap(activity => (activity === null ? [] : [activity.document]))
  return Object.fromEntries(found.map(one => [`${textIn(one, "channel")} ${textIn(one, "name")}`, one]))
}

/** How many activities of a usage are in which status. */
export async function statusesOf(test: TestApp, usageId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const activity of Object.values(await activitiesOf(test, usageId))) {
    const status = textIn(activity, "status") ?? "none"
    counts[status] = (counts[status] ?? 0) + 1
  }
  return counts
}
