import { namedOnce, type HeldLease } from "../ports/leases.ts"

/** The processes that are there, by the holders of their leases. */
export function membersOf(held: readonly HeldLease[], self: string): ReadonlySet<string> {
  return new Set([self, ...held.filter(({ name }) => name.startsWith(namedOnce.process)).map(({ holder }) => holder)])
}

/**
 * How many of some leases a process takes without waiting whether another wants them, and how many it keeps when
 * another process comes: an equal share, rounded up; rounded down where somebody has not even that.
 */
export function shareOf(
  names: ReadonlySet<string>,
  held: readonly HeldLease[],
  members: ReadonlySet<string>,
): { readonly takes: number; readonly keeps: number } {
  const takes = Math.ceil(names.size / members.size)
  const least = Math.floor(names.size / members.size)
  const has = (member: string) => held.filter(({ name, holder }) => holder === member && names.has(name)).length
  return { takes, keeps: [...members].some(member => has(member) < least) ? least : takes }
}
