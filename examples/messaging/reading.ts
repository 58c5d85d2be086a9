import type { Document, Json } from "daybook"
import type { Attachment } from "./transports/transport.ts"

/** The value of an attribute that is text; undefined: it has none. */
export function textIn(document: Document, name: string): string | undefined {
  const value = document[name]
  return typeof value === "string" ? value : undefined
}

/** The values of an attribute that may have many. */
export function manyIn(document: Document, name: string): readonly Json[] {
  const values = document[name]
  return Array.isArray(values) ? values : []
}

/** Reads an attachment, of which the schema says only that it is JSON. */
export function attachmentOf(json: Json): Attachment {
  if (typeof json === "object" && json !== null && "name" in json && "mediaType" in json && "content" in json) {
    const { name, mediaType, content } = json
    if (typeof name === "string" && typeof mediaType === "string" && typeof content === "string") {
      return { name, mediaType, content }
    }
  }
  throw new Error(`This is no attachment, which has a name, a mediaType and a content: ${JSON.stringify(json)}`)
}
