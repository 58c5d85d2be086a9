import { createGunzip } from "node:zlib"
import { bounds } from "./bounds.ts"
import { BadPlace } from "./log-error.ts"

/**
 * Unzips. What could be unzipped before a bad place is handed out before that place is told, which
 * a pipe of streams would not do: it drops what is buffered when one of them breaks.
 */
export async function* unzipped(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, undefined> {
  const gunzip = startGunzip()
  try {
    for await (const chunk of chunks) {
      const outcome = await gunzip.write(chunk)
      yield* gunzip.made.splice(0)
      if (outcome instanceof Error) throw badGzip(outcome)
      // A gzip may be followed by padding, which is nobody's content.
      if (outcome === "ended") return
    }
    const outcome = await gunzip.end()
    yield* gunzip.made.splice(0)
    if (outcome instanceof Error) throw badGzip(outcome)
  } finally {
    gunzip.close()
  }
}

type Outcome = "done" | "ended" | Error

// When unzipping breaks, the callback of the write that broke it is never called; and that of the end is called
// before it is known whether the end was there. The events tell both.
function startGunzip() {
  const gunzip = createGunzip({ chunkSize: bounds.chunkBytesMax })
  const made: Buffer[] = []
  let over: Outcome | null = null
  let settle = (_outcome: Outcome) => {}
  const stop = (outcome: Outcome) => {
    over = outcome
    settle(outcome)
  }
  gunzip.on("data", (piece: Buffer) => made.push(piece))
  gunzip.on("end", () => stop("ended"))
  gunzip.on("error", stop)

  const step = (start: () => void) =>
    new Promise<Outcome>(resolve => {
      settle = resolve
      if (over === null) start()
      else resolve(over)
    })
  return {
    made,
    write: (chunk: Buffer) => step(() => gunzip.write(chunk, error => settle(error ?? "done"))),
    end: () => step(() => gunzip.end()),
    close: () => gunzip.destroy(),
  }
}

function badGzip(error: Error & { code?: string }): BadPlace {
  const isCut = error.code === "Z_BUF_ERROR"
  return new BadPlace(isCut ? "the gzip is cut off before its end" : `the gzip is damaged (${error.message})`)
}
