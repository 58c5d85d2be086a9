import type { Transports } from "../channels.ts"
import type { Message, Sending, Transport } from "./transport.ts"

/** A transport that keeps what it sends, and fails when it is told to. */
export type FakeTransport = Transport & {
  /** What was sent, by its key, in order. */
  readonly sent: ReadonlyMap<string, Message>
  /** How often sending was tried. */
  readonly countTries: number
  /** How many are being sent at this moment. */
  readonly countUnderway: number
}

/** Makes a transport for tests. `before` runs before each sending: it may wait, throw, or answer in its stead. */
export function fakeTransport(before?: (message: Message, attempt: number) => Promise<Sending | void>): FakeTransport {
  const sent = new Map<string, Message>()
  const endings = new Map<string, Sending>()
  const tries = { all: 0, underway: 0 }

  const trySending = async (message: Message, key: string): Promise<Sending> => {
    const instead = await before?.(message, tries.all)
    if (instead !== undefined) return instead
    sent.set(key, message)
    return { status: "sent", id: `fake:${key}` }
  }

  return {
    sent,
    get countTries() {
      return tries.all
    },
    get countUnderway() {
      return tries.underway
    },
    async send(message, { key }) {
      const known = endings.get(key)
      if (known !== undefined) return known
      tries.all += 1
      tries.underway += 1
      try {
        const ending = await trySending(message, key)
        endings.set(key, ending)
        return ending
      } finally {
        tries.underway -= 1
      }
    },
    status: async key => endings.get(key) ?? null,
  }
}

/** One transport for whatever channel. */
export function everyChannelBy(transport: Transport): Transports {
  return { sms: transport, mms: transport, email: transport, letter: transport, portal: transport }
}
