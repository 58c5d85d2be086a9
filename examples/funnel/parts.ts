import { partsOf } from "daybook"
import type { Mail } from "./mail.ts"
import { schema } from "./schema.ts"

/** The words this application is written in: they know what the schema says, and that there is mail. */
export const { aggregate, command, event, handler, processor, prompt, query, reject, transact, when, workflow } =
  partsOf(schema).adapters<{ readonly mail: Mail }>()
