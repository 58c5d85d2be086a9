import { emailTransport } from "./transports/email.ts"
import { fileTransport, letter, upload, type Paper } from "./transports/files.ts"
import { httpTransport } from "./transports/http.ts"
import type { Transport } from "./transports/transport.ts"

/** The channels by which somebody can be reached, as people call them. */
export const labels = { sms: "SMS", mms: "MMS", email: "E-mail", letter: "Letter", portal: "Portal upload" }

/** One of the channels. */
export type Channel = keyof typeof labels

/** What carries the messages of each channel. */
export type Transports = { readonly [C in Channel]: Transport }

/** Where the outside is, by the names of environment variables. */
export type Places = Readonly<Record<string, string | undefined>>

/** What one channel is to those who use it. */
type Way = {
  /** The member of a recipient that says where to. */
  readonly address: string
  /** What goes along besides the text. */
  readonly carries: readonly ("html" | "attachments")[]
}

/** All channels. Another one is a line here, one above for its label and one below for its transport. */
export const channels: { readonly [C in Channel]: Way } = {
  sms: { address: "phone", carries: [] },
  mms: { address: "phone", carries: ["attachments"] },
  email: { address: "email", carries: ["html", "attachments"] },
  letter: { address: "address", carries: [] },
  portal: { address: "portal", carries: ["attachments"] },
}

/** The transports of all channels. None connects to anything before it sends. */
export function transportsAt(places: Places): Transports {
  return {
    sms: service(places, "SMS", "sms"),
    mms: service(places, "MMS", "mms"),
    email: mail(places),
    letter: folder(places, "letter", letter),
    portal: folder(places, "portal", upload),
  }
}

function service(places: Places, name: "SMS" | "MMS", channel: Channel): Transport {
  const url = places[`${name}_URL`]
  const token = places[`${name}_TOKEN`]
  if (url === undefined) return folder(places, channel, upload)
  return httpTransport(token === undefined ? { url } : { url, token })
}

function mail(places: Places): Transport {
  const url = places["SMTP_URL"]
  if (url === undefined) return folder(places, "email", upload)
  const from = places["MAIL_FROM"] ?? "daybook@localhost"
  return emailTransport({ url, from, sentFolder: `${outbox(places)}/email` })
}

// Where no service is named, its messages are put into files: enough to look at, on any machine.
function folder(places: Places, channel: Channel, paper: Paper): Transport {
  return fileTransport(`${outbox(places)}/${channel}`, paper)
}

function outbox(places: Places): string {
  return places["OUTBOX"] ?? "data/outbox"
}
