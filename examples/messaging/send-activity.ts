import { created, type Document } from "daybook"
import { command, processor } from "./parts.ts"
import { attachmentOf, isChannel, manyIn, textIn } from "./reading.ts"
import type { Message, Sending } from "./transports/transport.ts"

const attemptsMax = 6

/**
 * The third step: an activity that was made is sent, and what the transport says is commanded. The activity's id is the
 * key: asked again, the transport is first asked what it knows of it, and then sends nothing it has sent before.
 */
export const sendActivity = processor("send-activity", {
  on: created("TemplateActivity"),
  attemptsMax,
  async effect({ event, entity, transports, attempt }) {
    const key = event.stream.id
    const channel = entity?.["channel"]
    if (entity === null || !isChannel(channel) || textIn(entity, "status") !== "pending") return
    const transport = transports[channel]
    try {
      return report(key, (await transport.status(key)) ?? (await transport.send(messageOf(entity), { key })))
    } catch (error) {
      if (attempt < attemptsMax) throw error
      const reason = `Given up after ${attempt} attempts: ${error instanceof Error ? error.message : String(error)}`
      return report(key, { status: "failed", reason })
    }
  },
  produces: ["RecordTransport"],
})

function report(activity: string, { status, id, reason }: Sending) {
  return command("RecordTransport", activity, {
    status,
    ...(id === undefined ? {} : { transportId: id }),
    ...(reason === undefined ? {} : { reason }),
  })
}

function messageOf(activity: Document): Message {
  const html = textIn(activity, "html")
  return {
    to: textIn(activity, "to") ?? "",
    subject: textIn(activity, "subject") ?? "",
    text: textIn(activity, "body") ?? "",
    ...(html === undefined ? {} : { html }),
    attachments: manyIn(activity, "attachments").map(attachmentOf),
  }
}
