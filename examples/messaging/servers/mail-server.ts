import { once } from "node:events"
import { SMTPServer } from "smtp-server"
import { portOf } from "./message-service.ts"

/** A mail as it came in: for whom, and everything from its first header to its last line. */
export type TakenMail = { readonly to: string; readonly raw: string }

/** A mail server that keeps what comes. */
export type MailServer = {
  readonly url: string
  readonly taken: readonly TakenMail[]
  /** Answers the next recipients with these SMTP codes instead of taking them. */
  refuseNext(...codes: readonly number[]): void
  close(): Promise<void>
}

/** Starts a mail server on a free port. */
export async function mailServer(): Promise<MailServer> {
  const taken: TakenMail[] = []
  const refusals: number[] = []
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    disableReverseLookup: true,
    onRcptTo(_address, _session, callback) {
      const code = refusals.shift()
      if (code === undefined) return callback()
      callback(Object.assign(new Error("Not this one"), { responseCode: code }))
    },
    onData(stream, session, callback) {
      const chunks: Buffer[] = []
      stream.on("data", (chunk: Buffer) => chunks.push(chunk))
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address).join(", ")
        taken.push({ to, raw: Buffer.concat(chunks).toString() })
        callback()
      })
    },
  })
  const net = server.listen(0, "127.0.0.1")
  await once(net, "listening")
  return {
    url: `smtp://127.0.0.1:${portOf(net.address())}`,
    taken,
    refuseNext: (...codes) => void refusals.push(...codes),
    async close() {
      server.close()
      await once(net, "close")
    },
  }
}
