import type { Fault } from "../kernel/refusal.ts"

/** A bug in the application's code, found out by what it said: the command fails, and is not tried again. */
export class CodeError extends Error {
  readonly faults: readonly Fault[]

  constructor(sentence: string, faults: readonly Fault[] = []) {
    super(sentence)
    this.name = "CodeError"
    this.faults = faults
  }
}
