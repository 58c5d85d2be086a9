import type { Erasure } from "../../ports/erasure.ts"
import { textOrNull, type CommandRow } from "./command-rows.ts"
import { places } from "./places.ts"

/** What rows say after an erasure, before it is made. */
export type LeftTexts = {
  /** The data of the event at a place. */
  readonly dataAt: (pos: number, data: string) => string
  readonly command: (row: CommandRow) => CommandRow
}

/** The texts that an erasure leaves. */
export function leftTexts(erasure: Erasure): LeftTexts {
  const events = new Map(erasure.events.map(({ t, n, data }) => [t * places + n, JSON.stringify(data)]))
  const commands = new Map(erasure.commands.map(one => [one.id, one]))
  return {
    dataAt: (pos, data) => events.get(pos) ?? data,
    command(row) {
      const left = commands.get(row[0])
      if (left === undefined) return row
      const after: CommandRow = [...row]
      after[4] = JSON.stringify(left.data)
      after[12] = textOrNull(left.result)
      after[13] = textOrNull(left.error)
      return after
    },
  }
}
