import { partsOf } from "daybook"
import { benchApp, schema } from "../../bench/app.ts"

const { processor } = partsOf(schema)

/** Copies what happens to each plain entity to an indexed one, in order. */
const copy = processor("copy", {
  on: "PlainAdded",
  pure: ({ event }) => ({
    type: "AddIndexed",
    target: { type: "Indexed", id: `copy-${event.stream.id}` },
    data: event.data,
  }),
})

export default { ...benchApp, processors: [copy] }
