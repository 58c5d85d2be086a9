import { mkdir, rename, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Refusal } from "daybook"
import { createTransport } from "nodemailer"

/** An e-mail as it is sent. */
export type Email = { readonly to: string; readonly subject: string; readonly text: string }

/**
 * Sends e-mails. Asked twice with the same key it may send twice, but so that a mailbox knows them for one. Throws a
 * Refusal for what will never be sent, and anything else for what may be sent later.
 */
export type Mail = { send(email: Email, options: { readonly key: string }): Promise<void> }

/** What the environment names: a mail server (`SMTP_URL`, `MAIL_FROM`), or else files in a folder (`OUTBOX`). */
export function mailAt({ SMTP_URL: url, MAIL_FROM: from, OUTBOX: outbox }: NodeJS.ProcessEnv): Mail {
  return url === undefined ? mailToFiles(outbox ?? "data/outbox") : mailBy(url, from ?? "store@example.org")
}

function mailBy(url: string, from: string): Mail {
  const server = createTransport(url, { disableFileAccess: true, disableUrlAccess: true })
  const domain = from.slice(from.lastIndexOf("@") + 1).replace(/>$/, "")
  return {
    async send(email, { key }) {
      try {
        await server.sendMail({ from, ...email, messageId: `<${key}@${domain}>` })
      } catch (error) {
        if (isFinal(error)) throw new Refusal("invalid", `The mail server takes no such letter: ${error.message}`)
        throw error
      }
    },
  }
}

// 5xx to a recipient or a letter is what it will say tomorrow as well; a wrong password may be mended until then.
function isFinal(error: unknown): error is Error {
  if (!(error instanceof Error) || !("responseCode" in error) || !("code" in error)) return false
  const { code, responseCode } = error
  const isAboutIt = code === "EENVELOPE" || code === "EMESSAGE"
  return isAboutIt && typeof responseCode === "number" && responseCode >= 500 && responseCode < 600
}

function mailToFiles(folder: string): Mail {
  return {
    async send({ to, subject, text }, { key }) {
      await mkdir(folder, { recursive: true })
      const path = join(folder, `${encodeURIComponent(key)}.txt`)
      // Whole or not at all; written again under the same key it is the same file.
      await writeFile(`${path}.part`, `To: ${to}\nSubject: ${subject}\n\n${text}\n`, { flush: true })
      await rename(`${path}.part`, path)
    },
  }
}
