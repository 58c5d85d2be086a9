import type { Finding } from "../../ports/maintenance.ts"

/** A check that yields what it has found, slice by slice. */
export type Check = AsyncGenerator<readonly Finding[]>

/** How many rows are looked at in one slice. */
export const rowsPerSlice = 2_000

/** Walks rows in slices: `page` gives those after the last one, `look` says what is wrong with them. */
export async function* inSlices<Row>(
  page: (last: Row | null) => Promise<readonly Row[]>,
  look: (rows: readonly Row[]) => readonly Finding[] | Promise<readonly Finding[]>,
): Check {
  let last: Row | null = null
  for (;;) {
    const rows: readonly Row[] = await page(last)
    if (rows.length === 0) return
    yield await look(rows)
    last = rows.at(-1)!
  }
}
