import { partsOf } from "daybook"
import { schema } from "./schema.ts"

/** The words this application is written in, each knowing what the schema says. */
export const { aggregate, command, event, processor, projection, reject } = partsOf(schema)
