import type { Message, Sending, Transport } from "./transport.ts"

/** Where a message service listens, and how long to wait for it. */
export type HttpService = {
  /** `POST` here sends, `GET` here and a key says what became of it. */
  readonly url: string
  readonly token?: string
  readonly timeoutMs?: number
}

// What may be otherwise a moment later; every other 4xx says that the message itself is wrong.
const passing = [408, 425, 429]

/** Sends by HTTP. The key goes along as `Idempotency-Key`: the service sends one message for each. */
export function httpTransport({ url, token, timeoutMs = 10_000 }: HttpService): Transport {
  const ask = (path: string, init: RequestInit, headers: Record<string, string>) =>
    fetch(`${url}${path}`, {
      ...init,
      headers: { accept: "application/json", ...(token === undefined ? {} : bearer(token)), ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    })

  return {
    async send(message, { key }) {
      const headers = { "content-type": "application/json", "idempotency-key": key }
      const response = await ask("", { method: "POST", body: JSON.stringify(bodyOf(message)) }, headers)
      return endingOf(response)
    },
    async status(key) {
      const response = await ask(`/${encodeURIComponent(key)}`, { method: "GET" }, {})
      if (response.status === 404) return null
      return endingOf(response)
    },
  }
}

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` }
}

function bodyOf({ to, text, attachments = [] }: Message) {
  const media = attachments.map(({ name, mediaType, content }) => ({ name, mediaType, content }))
  return media.length === 0 ? { to, text } : { to, text, media }
}

async function endingOf(response: Response): Promise<Sending> {
  const text = await response.text()
  if (response.ok) return readSending(text)
  const sentence = `The message service answered ${response.status}: ${text.slice(0, 200)}`
  if (response.status >= 500 || passing.includes(response.status)) throw new Error(sentence)
  return { status: "failed", reason: sentence }
}

function readSending(text: string): Sending {
  const body: unknown = JSON.parse(text)
  if (typeof body !== "object" || body === null) throw new Error("The message service answered no object")
  const id = "id" in body && typeof body.id === "string" ? { id: body.id } : {}
  const reason = "reason" in body && typeof body.reason === "string" ? { reason: body.reason } : {}
  const status = "status" in body ? body.status : undefined
  if (status === "sent" || status === "delivered" || status === "failed") return { status, ...id, ...reason }
  throw new Error(`The message service answered no status: ${text.slice(0, 200)}`)
}
