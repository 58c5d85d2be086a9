import type { StateOf } from "daybook"
import { command, created, processor } from "./parts.ts"
import { attachmentOf, textIn } from "./reading.ts"
import type { schema } from "./schema.ts"
import type { Message, Sending } from "./transports/transport.ts"

const attemptsMax = 6

/**
 * The third step: an activity that was made is sent, and what the transport says is commanded. The activity's id is the
 * key: asked again, the transport is first asked what it knows of it, and then sends nothing it has sent before.
 */
export const sendActivity = processor("send-activity", {
  on: created("TemplateActivity"),
  attemptsMax,
  async effect({ event, entity, transports, attempt, latest }) {
    const key = event.stream.id
    if (entity?.status !== "pending") return
    // Since the first attempt, an hour may have passed, and whoever was called back may have said what became of it.
    if (attempt > 1 && textIn((await latest(key))?.document ?? {}, "status") !== "pending") return
    const transport = transports[entity.channel]
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

function messageOf(activity: StateOf<typeof schema, "TemplateActivity">): Message {
  const { to = "", subject, body, html, attachments } = activity
  return {
    to,
    subject,
    text: body,
    ...(html === undefined ? {} : { html }),
    attachments: attachments.map(attachmentOf),
  }
}
