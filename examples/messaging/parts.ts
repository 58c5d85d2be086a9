import { partsOf } from "daybook"
import type { Transports } from "./channels.ts"
import { schema } from "./schema.ts"

/** The words this application is written in: they know what the schema says, and that there are transports. */
export const { aggregate, changed, command, created, event, processor, reject, retracted, transact } = partsOf(
  schema,
).adapters<{
  readonly transports: Transports
}>()
