import { createTransport } from "nodemailer"
import { pathOf, textOf, writeWhole } from "./keep.ts"
import type { Message, Sending, Transport } from "./transport.ts"

/** The mail server to hand messages to, and who sends them. */
export type MailServer = {
  /** `smtp://` or `smtps://`, with user and password where it asks for them. */
  readonly url: string
  readonly from: string
  /** Where it is noted what was handed over: a mail server cannot be asked. */
  readonly sentFolder: string
}

/**
 * Sends e-mail: html with the plain text as its alternative, and attachments. The key is in the `Message-ID`, so that
 * a mailbox knows a second copy; and what was handed over is noted in a folder, so that there is none but after a
 * crash between the server's yes and the note.
 */
export function emailTransport({ url, from, sentFolder }: MailServer): Transport {
  const server = createTransport(url, { disableFileAccess: true, disableUrlAccess: true })
  const domain = from.slice(from.lastIndexOf("@") + 1).replace(/>$/, "")
  const noted = async (key: string): Promise<Sending | null> => {
    const messageId = await textOf(pathOf(sentFolder, key, ".sent"))
    return messageId === null ? null : { status: "sent", id: messageId }
  }
  return {
    status: noted,
    async send(message, { key }) {
      const known = await noted(key)
      if (known !== null) return known
      try {
        const { messageId } = await server.sendMail({ from, ...mailOf(message, key, domain) })
        await writeWhole(pathOf(sentFolder, key, ".sent"), messageId)
        return { status: "sent", id: messageId }
      } catch (error) {
        if (isFinal(error)) return { status: "failed", reason: error.message }
        throw error
      }
    },
  }
}

function mailOf({ to, subject, text, html, attachments = [] }: Message, key: string, domain: string) {
  return {
    to,
    subject,
    text,
    ...(html === undefined ? {} : { html }),
    messageId: `<${key}@${domain}>`,
    headers: { "X-Idempotency-Key": key },
    attachments: attachments.map(({ name, mediaType, content }) => ({
      filename: name,
      contentType: mediaType,
      content,
      encoding: "base64",
    })),
  }
}

// A mail server says 5xx to what it will refuse tomorrow as well, and 4xx to what it may take later.
function isFinal(error: unknown): error is Error & { readonly responseCode: number } {
  if (!(error instanceof Error) || !("responseCode" in error)) return false
  const { responseCode } = error
  return typeof responseCode === "number" && responseCode >= 500 && responseCode < 600
}
