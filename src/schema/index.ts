/**
 * What a page needs to judge by the same rules as the server: nothing in it asks for anything that only Node has.
 * @module
 */
export { compileSchema, type CompiledSchema } from "./compile.ts"
export { expandSchema } from "./expand.ts"
export type { Schema } from "./grammar.ts"
export { parseSchema } from "./parse.ts"
export type { Attribute, CommandType, EntityType, EventType } from "./types.ts"
