import type { StateOf } from "daybook"
import { aggregate, event, reject } from "./parts.ts"
import type { schema } from "./schema.ts"

type Status = StateOf<typeof schema, "TemplateActivity">["status"]

// A report that comes late says nothing new: whoever was called back before the answer knows more than the answer.
const later: Readonly<Record<Status, readonly Status[]>> = {
  pending: ["sent", "delivered", "failed"],
  sent: ["delivered", "failed"],
  delivered: [],
  failed: [],
}

/** An activity: made by a transaction, and from then on as far as its transport says. */
export const activity = aggregate("TemplateActivity", {
  decide: {
    RecordTransport: (report, { status }, { exists }) => {
      if (!exists) return reject("ActivityUnknown", {})
      return later[status].includes(report.status) ? event("TransportReported", report) : []
    },
  },
  evolve: {
    TransportReported: (activity, report) => ({ ...activity, ...report }),
  },
})
