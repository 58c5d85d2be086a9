import type { Document, OpOf, StateOf } from "daybook"
import { channels, labels, type Channel } from "./channels.ts"
import { manyIn, textIn } from "./reading.ts"
import { recipientOf, type Recipient } from "./recipient.ts"
import { render, renderHtml } from "./render.ts"
import type { schema } from "./schema.ts"

type Schema = typeof schema

/** The ops that make the activities of a usage: one for each recipient by each channel, with an id that is told later. */
export function activityOps(
  usageId: string,
  usage: StateOf<Schema, "TemplateUsage">,
  template: Document,
): readonly OpOf<Schema>[] {
  return usage.recipients.flatMap((json, i) => {
    const recipient = recipientOf(json)
    return usage.channels.map((channel): OpOf<Schema> => ({
      entity: "TemplateActivity",
      id: `~${channel}-${i}`,
      set: { usage: usageId, channel, ...contentFor(recipient, channel, template), ...addressOf(recipient, channel) },
    }))
  })
}

// Somebody who cannot be reached this way is told of as well: that is an activity, and it has failed.
function addressOf(recipient: Recipient, channel: Channel) {
  const to = recipient[channels[channel].address]
  if (to !== undefined) return { to }
  const reason = `${recipient.name} has no ${channels[channel].address} for ${labels[channel]}`
  return { status: "failed", reason } as const
}

function contentFor(recipient: Recipient, channel: Channel, template: Document) {
  const { carries } = channels[channel]
  const html = carries.includes("html") ? textIn(template, "html") : undefined
  const attachments = carries.includes("attachments") ? manyIn(template, "attachments") : []
  return {
    name: recipient.name,
    subject: render(textIn(template, "subject") ?? "", recipient),
    body: render(textIn(template, "text") ?? "", recipient),
    ...(html === undefined ? {} : { html: renderHtml(html, recipient) }),
    ...(attachments.length === 0 ? {} : { attachments }),
  }
}
