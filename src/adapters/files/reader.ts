import { bounds } from "./bounds.ts"
import { BadPlace, LogError, type Unit } from "./log-error.ts"

/**
 * Turns the content of one format into lines, piece by piece.
 *
 * - It is given UTF-8 without broken characters, in order, and may keep the pieces.
 * - What it has read it puts into `ready`; the caller takes it out from there.
 * - It stops by throwing a `BadPlace`. All lines before that place are in `ready` by then.
 */
export interface Reader<Line> {
  readonly unit: Unit
  readonly ready: Line[]

  /** How far it has got: the line that it reads, and the byte. */
  standsAt(): { readonly line: number | null; readonly byte: number | null }
  write(piece: Buffer): void | Promise<void>
  end(): void | Promise<void>
  /** Called instead of `end` when the content breaks off. A reader that looks ahead lets go of what is complete. */
  breakOff?(): Promise<void>
}

/** Reads to the end, and hands out the lines in batches that are full, but for the last one. */
export async function* inBatches<Line>(
  file: string,
  pieces: AsyncIterable<Buffer>,
  reader: Reader<Line>,
): AsyncGenerator<readonly Line[], void, undefined> {
  let error: unknown
  try {
    for await (const piece of pieces) {
      await reader.write(piece)
      while (reader.ready.length >= bounds.linesPerBatchMax) yield nextBatch(reader)
    }
    await reader.end()
  } catch (caught) {
    // A bad place that shows only now lies before the other one.
    error = (await earlierError(reader)) ?? caught
  }
  while (reader.ready.length > 0) yield nextBatch(reader)
  if (error !== undefined) throw placed(error, file, reader)
}

async function earlierError(reader: Reader<unknown>): Promise<unknown> {
  try {
    await reader.breakOff?.()
    return undefined
  } catch (error) {
    return error
  }
}

function nextBatch<Line>(reader: Reader<Line>): readonly Line[] {
  return reader.ready.splice(0, bounds.linesPerBatchMax)
}

function placed(error: unknown, file: string, reader: Reader<unknown>): unknown {
  if (!(error instanceof BadPlace)) return error
  const { line, byte } = reader.standsAt()
  return new LogError({
    file,
    unit: reader.unit,
    line: error.line ?? line,
    byte: error.byte ?? byte,
    reason: error.message,
  })
}
