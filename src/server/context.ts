import type { FastifyReply, FastifyRequest } from "fastify"
import type { Daybook } from "../daybook.ts"
import type { Feeds } from "./feeds.ts"

/** How a server is set up. */
export type ServerOptions = {
  /** Serves as `system`, or as whom `Daybook-As` names, on loopback only. */
  readonly dev: boolean
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** The text of `/metrics` in Prometheus' format, and its media type. */
  readonly metrics?: () => Promise<{ readonly type: string; readonly text: string }>
}

/** What every route is given. */
export type Context = {
  readonly daybook: Daybook
  readonly options: ServerOptions
  readonly feeds: Feeds
  /** Whether the server has begun to stop. */
  readonly isDraining: () => boolean
}

/** One call that is answered. */
export type Route = {
  readonly method: "GET" | "POST"
  /** As in OpenAPI, with `{name}` for what differs. */
  readonly path: string
  /** Its body is not read before it is asked for. */
  readonly body?: "stream"
  /** It is an operator's: whoever calls it holds the permission `operate`. */
  readonly operates?: true
  readonly answer: (request: FastifyRequest, reply: FastifyReply) => FastifyReply | Promise<FastifyReply>
}
