import type { JsonObject } from "../kernel/json.ts"

/** One call over HTTP, as it is described. Parameters are named with their schemas; those of the path follow from it. */
export type Operation = {
  readonly method: "get" | "post"
  readonly path: string
  readonly id: string
  readonly summary: string
  readonly query?: Readonly<Record<string, JsonObject>>
  readonly headers?: Readonly<Record<string, JsonObject>>
  readonly body?: JsonObject
  /** Bodies that are not JSON, by their media types. */
  readonly bodies?: Readonly<Record<string, JsonObject>>
  /** By status: what it means, and the schema of the body under its media type. */
  readonly answers: Readonly<Record<string, Answer>>
}

/** One way a call is answered. */
export type Answer = {
  readonly means: string
  readonly body?: JsonObject
  readonly media?: string
  readonly also?: JsonObject
}

/** That a call is answered with 200 and a body. */
export function ok(means: string, body: JsonObject = {}): Operation["answers"] {
  return { 200: { means, body } }
}
