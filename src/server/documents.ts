import { hash } from "node:crypto"
import type { FastifyReply, FastifyRequest } from "fastify"

/** A text that is served as it is until the server ends, and the tag by which a client asks whether it has it. */
export type Document = { readonly text: string; readonly etag: string }

/** The document that says this. */
export function document(json: unknown): Document {
  const text = JSON.stringify(json)
  return { text, etag: `"${hash("sha256", text, "base64url").slice(0, 27)}"` }
}

/** Answers with a document, or with nothing where the client has it. It may keep it, if it asks each time. */
export function sendDocument(
  request: FastifyRequest,
  reply: FastifyReply,
  { text, etag }: Document,
  type = "application/json",
) {
  reply.header("etag", etag).header("cache-control", "no-cache")
  if (isKnown(request.headers["if-none-match"], etag)) return reply.code(304).send()
  return reply.code(200).header("content-type", `${type}; charset=utf-8`).send(text)
}

/** Whether a tag is among those a client names (RFC 9110, 13.1.2): weakly compared, so that a proxy may have changed it. */
export function isKnown(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false
  return header.split(",").some(tag => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag)
}
