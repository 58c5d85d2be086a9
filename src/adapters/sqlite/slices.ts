import type { Finding } from "../../ports/maintenance.ts"

/** A check that yields what it has found in each slice of the file: some milliseconds of work. */
export type Check = Generator<readonly Finding[], void>

/** How many rows are looked at before others have their turn. */
export const rowsPerSlice = 400

/** Walks rows in slices: `page` gives those after the last one, `look` says what is wrong with them. */
export function* inSlices<Row>(
  page: (last: Row | null) => readonly Row[],
  look: (rows: readonly Row[]) => readonly Finding[],
): Check {
  let last: Row | null = null
  for (;;) {
    const rows: readonly Row[] = page(last)
    if (rows.length === 0) return
    yield look(rows)
    last = rows.at(-1)!
  }
}
