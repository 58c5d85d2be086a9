import { emailTransport } from "./transports/email.ts"
import { fileTransport, letter, upload, type Paper } from "./transports/files.ts"
import { httpTransport } from "./transports/http.ts"
import type { Transport } from "./transports/transport.ts"

/** The channels by which somebody can be reached, as people call them. */
export const labels = { sms: "SMS", mms: "MMS", email: "E-mail", letter: "Letter", portal: "Portal upload" }

/** One of the channels. */
export type Channel = keyof typeof labels

/** What carries the messages of a channel. */
export interface Transports {
  of(channel: Channel): Transport
}

/** Where the outside is, by the names of environment variables. */
export type Places = Readonly<Record<string, string | undefined>>

/** Everything that one channel is: what it needs to know of a recipient, what it can carry, and by what it goes. */
type Way = {
  /** The member of a recipient that says where to. */
  readonly address: string
  readonly carries: readonly ("subject" | "html" | "attachments")[]
  readonly open: (places: Places) => Transport
}

/** All channels. A further one is a line here and its label above. */
export const channels: { readonly [C in Channel]: Way } = {
  sms: { address: "phone", carries: [], open: places => service(places, "SMS", "sms") },
  mms: { address: "phone", carries: ["attachments"], open: places => service(places, "MMS", "mms") },
  email: { address: "email", carries: ["subject", "html", "attachments"], open: mail },
  letter: { address: "address", carries: ["subject"], open: places => folder(places, "letter", letter) },
  portal: { address: "portal", carries: ["subject", "attachments"], open: places => folder(places, "portal", upload) },
}

/** The transports of all channels, each opened when it is first asked for. */
export function transportsAt(places: Places): Transports {
  const opened = new Map<Channel, Transport>()
  const open = (channel: Channel) => {
    const transport = channels[channel].open(places)
    opened.set(channel, transport)
    return transport
  }
  return { of: channel => opened.get(channel) ?? open(channel) }
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
