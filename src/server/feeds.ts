import type { FastifyReply, FastifyRequest } from "fastify"
import type { ServerResponse } from "node:http"
import type { Daybook } from "../daybook.ts"
import { Refusal } from "../kernel/refusal.ts"
import { bounds } from "./bounds.ts"
import { feed, type Position, type Reader } from "./feed.ts"

const headers = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  // A proxy that collects before it passes on would turn live into late.
  "x-accel-buffering": "no",
} as const

/** The live feeds that are open, each with what ends it. */
export class Feeds {
  readonly #daybook: Daybook
  readonly #open = new Map<ServerResponse, AbortController>()

  constructor(daybook: Daybook) {
    this.#daybook = daybook
  }

  /** Answers a request with a feed. The reply is over when the reader goes, is let go, or the server stops. */
  serve(
    request: FastifyRequest,
    reply: FastifyReply,
    from: Position,
    types: readonly string[] | undefined,
  ): FastifyReply {
    if (this.#open.size >= bounds.feedsMax) {
      throw new Refusal("overloaded", "Too many feeds are open", { most: bounds.feedsMax })
    }
    const { raw } = reply.hijack()
    raw.writeHead(200, headers)
    if (request.method === "HEAD") {
      raw.end()
      return reply
    }
    raw.write(`retry: ${bounds.feedRetryMs}\n\n`)
    const controller = new AbortController()
    this.#open.set(raw, controller)
    this.#count()
    const stopBeat = this.#beat(raw)
    raw.once("close", () => {
      stopBeat()
      controller.abort()
      this.#open.delete(raw)
      this.#count()
    })
    this.#run(raw, from, { types, as: request.actor, signal: controller.signal }).catch((error: unknown) => {
      this.#daybook.journal.error("A feed failed", { error })
      raw.destroy()
    })
    return reply
  }

  /** Ends all feeds. Their readers come back to where they were. */
  end(): void {
    for (const controller of this.#open.values()) controller.abort()
  }

  async #run(raw: ServerResponse, from: Position, reader: Reader) {
    await feed(this.#daybook, raw, from, reader)
    // What is still on its way to a slow reader is not waited for.
    if (raw.writableNeedDrain) raw.destroy()
    else raw.end()
  }

  #beat(raw: ServerResponse): () => void {
    const { clock } = this.#daybook
    let cancel: () => void
    const beat = () => {
      // A reader that has not taken what there is needs no sign of life from us.
      if (!raw.writableNeedDrain) raw.write(": beat\n\n")
      cancel = clock.after(bounds.feedBeatMs, beat)
    }
    cancel = clock.after(bounds.feedBeatMs, beat)
    return () => cancel()
  }

  #count(): void {
    this.#daybook.metrics.gauge("feeds_open", this.#open.size)
  }
}
