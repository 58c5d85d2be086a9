import { replacingPart, type StoreFault } from "./fault.ts"

/** Promises of how timers are read, broken. */
export const timerFaults: Readonly<Record<string, StoreFault>> = {
  "timers come latest first": {
    noticedBy: "timers that are due come earliest first, with their payload, at most as many as asked",
    breaks: replacingPart("timers", timers => ({
      due: async (ms, limit) => (await timers.due(ms, limit)).toReversed(),
    })),
  },
  "more timers come than were asked for": {
    noticedBy: "timers that are due come earliest first, with their payload, at most as many as asked",
    breaks: replacingPart("timers", timers => ({ due: (ms, _, after) => timers.due(ms, 1_000, after) })),
  },
  "a page of timers begins with the last one of the page before": {
    noticedBy: "timers that are due are read page by page, each once",
    breaks: replacingPart("timers", timers => ({
      due: (ms, limit, after) => timers.due(ms, limit, after && { due: after.due, id: "" }),
    })),
  },
  "the next timer may be due at the instant itself": {
    noticedBy: "the next timer after an instant is later than that",
    breaks: replacingPart("timers", timers => ({ next: after => timers.next(after && after - 1) })),
  },
}
