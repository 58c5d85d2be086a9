import { partsOf, type StateOf } from "daybook"
import { schema } from "./schema.ts"

const { aggregate, event, reject } = partsOf(schema)

type State = StateOf<typeof schema, "WorkItem">
type Who = { readonly by?: string }

function refusal(step: string, state: State, exists: boolean, reason: string, { by }: Who) {
  const stage = !exists ? "none" : state.busy === true ? "busy" : "waiting"
  return reject("WorkStepRefused", {
    step,
    stage,
    reason,
    ...(exists ? { work: state.work } : {}),
    ...(by === undefined ? {} : { by }),
  })
}

/**
 * One kind of work on one application. It is scheduled, then somebody works on it in one session after the other; it
 * may be scheduled again at any time, which asks for more sessions.
 */
export const WorkItem = aggregate("WorkItem", {
  decide: {
    DoWork: "by workflow",
    ScheduleWork: data => event("WorkScheduled", data),
    StartWork: (who, state, { exists }) => {
      if (!exists) return refusal("StartWork", state, exists, "nobody has scheduled it", who)
      if (state.busy === true) return refusal("StartWork", state, exists, "somebody is at it already", who)
      return event("WorkStarted", { ...who, work: state.work })
    },
    CompleteWork: (who, state, { exists }) => {
      if (!exists || state.busy !== true) return refusal("CompleteWork", state, exists, "nobody has started it", who)
      return event("WorkCompleted", { ...who, work: state.work })
    },
  },
  evolve: {
    WorkScheduled: (state, { application, work }) => ({
      ...state,
      application,
      work,
      scheduled: (state.scheduled ?? 0) + 1,
    }),
    WorkStarted: (state, { by }) => ({ ...state, busy: true, ...(by === undefined ? {} : { by }) }),
    WorkCompleted: state => ({ ...state, busy: false, sessions: (state.sessions ?? 0) + 1 }),
  },
})
