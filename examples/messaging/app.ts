import { daybook } from "daybook"
import { activity } from "./activity.ts"
import { transportsAt } from "./channels.ts"
import { makeActivities } from "./make-activities.ts"
import { schema } from "./schema.ts"
import { sendActivity } from "./send-activity.ts"

export { seed } from "./seed.ts"

export default daybook({
  schema,
  aggregates: [activity],
  processors: [makeActivities, sendActivity],
  adapters: { transports: transportsAt(process.env) },
})
