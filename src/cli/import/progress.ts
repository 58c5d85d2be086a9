import { count, note } from "../print.ts"

/** How far an import has got. */
export type Reading = {
  readonly bytesTotal: number
  readonly bytesRead: () => number
  readonly lines: () => number
}

/** Shows how far it is: as a bar where a person watches, as one line a second elsewhere. Returns what ends it. */
export async function showProgress(reading: Reading): Promise<() => void> {
  return process.stderr.isTTY ? showBar(reading) : showLines(reading)
}

async function showBar({ bytesTotal, bytesRead, lines }: Reading): Promise<() => void> {
  const { default: progress } = await import("cli-progress")
  const format = "{bar} {percentage} % {lines} lines, {duration_formatted}"
  const bar = new progress.SingleBar({ format, hideCursor: true, stream: process.stderr }, progress.Presets.rect)
  bar.start(Math.max(bytesTotal, 1), 0, { lines: 0 })
  const show = () => bar.update(bytesRead(), { lines: count(lines()) })
  const timer = setInterval(show, 100)
  return () => {
    clearInterval(timer)
    show()
    bar.stop()
  }
}

function showLines({ bytesTotal, bytesRead, lines }: Reading): () => void {
  let before = 0
  const timer = setInterval(() => {
    const now = lines()
    const percent = Math.floor((100 * bytesRead()) / Math.max(bytesTotal, 1))
    note(`${percent} %, ${count(now)} lines, ${count(now - before)} in the last second`)
    before = now
  }, 1_000)
  return () => clearInterval(timer)
}
