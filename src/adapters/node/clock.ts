import type { Cancel, Clock } from "../../kernel/clock.ts"

// Node runs a longer wait at once, with a warning: it keeps it in 32 bits.
const timeoutMsMax = 2 ** 31 - 1

/** The clock of this machine. Waits are measured by the monotonic one: setting the time does not shorten them. */
export function systemClock(): Clock {
  return {
    now: () => Date.now(),
    ticks: () => performance.now(),
    soon(work) {
      const immediate = setImmediate(work)
      return () => clearImmediate(immediate)
    },
    after,
  }
}

function after(ms: number, work: () => void): Cancel {
  const due = performance.now() + ms
  let timeout: NodeJS.Timeout

  const arm = () => {
    const left = Math.ceil(due - performance.now())
    timeout = setTimeout(look, Math.max(0, Math.min(left, timeoutMsMax)))
  }
  // Node may be up to a millisecond early, and a long wait is made of several: so look again before running.
  const look = () => {
    if (performance.now() < due) arm()
    else work()
  }

  arm()
  return () => clearTimeout(timeout)
}
