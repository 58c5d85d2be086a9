/** How many places one transaction has, for events and for versions: its first is at `t * places`. */
export const places = 4096

/** The transaction that a place in the log belongs to. */
export function tOf(pos: number): number {
  return Math.floor(pos / places)
}
