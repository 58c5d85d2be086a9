import { isObject, type Json, type JsonObject } from "./json.ts"

/**
 * The member by which data says that something of it was erased: `true`, all of it; else the attributes of which it says
 * nothing any more. Whoever erases writes it, and nobody else can.
 */
export const erasedMember = "@erased"

/** The event that says what was erased of its stream's entity, and which transactions are another since. */
export const erasedEvent = "Erased"

/** What is left of data of which all was erased. */
export const emptied: JsonObject = { [erasedMember]: true }

/** Whether all of some data was erased. */
export function isEmptied(data: Json | undefined): boolean {
  return isObject(data) && data[erasedMember] === true
}
