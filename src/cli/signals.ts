import type { Journal } from "../ports/journal.ts"

const signals = ["SIGTERM", "SIGINT"] as const

// Whoever runs us waits ten seconds before it kills.
const stopMsMax = 9_500

/** Resolves when the process is asked to stop. Asked a second time, it ends at once. */
export function asked(): Promise<void> {
  return new Promise(resolve => {
    let times = 0
    const ask = () => {
      if (++times > 1) process.exit(1)
      resolve()
    }
    for (const signal of signals) process.on(signal, ask)
  })
}

/** Finishes what is running, as far as the time allows. */
export async function withinStopTime(journal: Journal, finish: () => Promise<void>): Promise<void> {
  const late = setTimeout(() => {
    journal.warn("Something did not end in time; what is durable is taken up at the next start", { ms: stopMsMax })
    process.exit(0)
  }, stopMsMax)
  try {
    await finish()
  } finally {
    clearTimeout(late)
  }
}
