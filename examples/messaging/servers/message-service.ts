import { once } from "node:events"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"

/** A message that the service took: what was in it, under which key. */
export type TakenMessage = { readonly key: string; readonly body: unknown }

/** A service for short messages, as one would rent it: it takes each key once. */
export type MessageService = {
  readonly url: string
  readonly taken: readonly TakenMessage[]
  /** How often something was sent to it, also twice. */
  readonly countPosts: number
  /** What it does with the next requests instead, first come first served. */
  answerNext(...answers: readonly Answer[]): void
  close(): Promise<void>
}

/** An answer out of turn: a status, or no answer at all, before or after the message was taken. */
export type Answer = number | "hang up" | "take it and hang up"

/** Starts a message service on a free port. */
export async function messageService(): Promise<MessageService> {
  const taken = new Map<string, TakenMessage>()
  const instead: Answer[] = []
  let countPosts = 0

  const post = async (request: IncomingMessage, response: ServerResponse) => {
    countPosts += 1
    const key = String(request.headers["idempotency-key"])
    const body: unknown = JSON.parse(await textOf(request))
    const answer = instead.shift()
    if (typeof answer === "number") return say(response, answer, { error: `status ${answer}` })
    if (answer === "hang up") return request.socket.destroy()
    if (!taken.has(key)) taken.set(key, { key, body })
    if (answer === "take it and hang up") return request.socket.destroy()
    return say(response, 200, { id: `service-${[...taken.keys()].indexOf(key) + 1}`, status: "sent" })
  }

  const get = (path: string, response: ServerResponse) => {
    const key = decodeURIComponent(path.slice(path.lastIndexOf("/") + 1))
    if (!taken.has(key)) return say(response, 404, { error: "no such message" })
    return say(response, 200, { id: `service-${[...taken.keys()].indexOf(key) + 1}`, status: "sent" })
  }

  const server = createServer((request, response) => {
    if (request.method === "GET") get(request.url ?? "/", response)
    else void post(request, response)
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    url: `http://127.0.0.1:${portOf(server.address())}/messages`,
    get taken() {
      return [...taken.values()]
    },
    get countPosts() {
      return countPosts
    },
    answerNext: (...answers) => void instead.push(...answers),
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, "close")
    },
  }
}

/** The port that a server was given. */
export function portOf(address: string | { readonly port: number } | null): number {
  if (typeof address === "object" && address !== null) return address.port
  throw new Error("The server has no port")
}

function say(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body))
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks).toString()
}
