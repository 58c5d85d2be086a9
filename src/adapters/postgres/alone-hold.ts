/** Who is alone, as the database says it (`alone-functions.ts`): which process, and for how long at a time. */
export type Hold = {
  readonly process: number
  readonly ms: number
  /** One of a kind: nobody else was, or will be, and neither will that process another time. With the wish that it ends. */
  readonly value: bigint
}

/** Reads what the database says; null: nobody is alone. */
export function holdOf(found: string): Hold | null {
  const value = BigInt(found)
  const process = Number(value & 0xfffffn)
  return process === 0 ? null : { process, ms: Number((value >> 21n) & 0xfffn), value: value | (1n << 20n) }
}
