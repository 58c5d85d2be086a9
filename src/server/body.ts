import { isUtf8 } from "node:buffer"
import type { FastifyInstance } from "fastify"
import { limits } from "../kernel/limits.ts"
import { Refusal } from "../kernel/refusal.ts"
import { readJson } from "../protocol/json-text.ts"

/** Reads bodies: JSON in UTF-8, and nothing else. No body is no error until a call needs one. */
export function readBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser<Buffer>(
    "application/json",
    { parseAs: "buffer", bodyLimit: limits.bodyBytesMax },
    (request, body, done) => {
      try {
        done(null, body.length === 0 ? undefined : json(body, request.headers["content-type"] ?? ""))
      } catch (error) {
        done(error as Error)
      }
    },
  )
}

function json(body: Buffer, mediaType: string): unknown {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(mediaType)?.[1]
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new Refusal("unsupported-media", `JSON is read in UTF-8, not in ${charset}`)
  }
  // Decoded anyway, wrong bytes would become question marks, and those would be recorded for ever.
  if (!isUtf8(body)) {
    const message = "The body is not UTF-8"
    throw new Refusal("malformed", message, {}, [{ path: "", code: "utf8", message }])
  }
  return readJson(body.toString("utf8"))
}
