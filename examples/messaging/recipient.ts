import type { Json } from "daybook"

/** Somebody to be reached: a name, and an address for each way to them. */
export type Recipient = { readonly name: string; readonly [member: string]: string | undefined }

/** Reads a recipient, of whom the schema says only that it is JSON. Throws where nobody could be reached by it. */
export function recipientOf(json: Json): Recipient {
  const members = typeof json === "object" && json !== null ? Object.entries(json) : []
  const words = members.filter((member): member is [string, string] => typeof member[1] === "string")
  const { name, ...addresses } = Object.fromEntries(words)
  if (name !== undefined && words.length === members.length) return { name, ...addresses }
  throw new Error(`This is no recipient, which has a name, and addresses that are strings: ${JSON.stringify(json)}`)
}
