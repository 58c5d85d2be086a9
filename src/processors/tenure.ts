import { Refusal } from "../kernel/refusal.ts"
import type { Fence } from "../ports/leases.ts"

/** That this process has a lease, from when it took it until it lost it or gave it back. */
export type Tenure = {
  readonly fence: Fence
  /** Whether the lease is still ours, as far as is known here. Once it is not, it never is again. */
  isOurs(): boolean
  /** Says that a write was refused because it is not. */
  lost(): void
}

/** What runs in one process at a time. */
export type Tenant = {
  /** The name of its lease. */
  readonly name: string
  /** Begins from what the store knows. */
  begin(tenure: Tenure): Promise<void>
  /** Starts nothing more, and resolves when what was under way has ended. Nothing may be written if the lease is lost. */
  end(): Promise<void>
  /** Whether another process should have it if any wants it. */
  yields?(): Promise<boolean>
}

/** What is said where a lease is not ours any more. */
export function lost(lease: string): Refusal {
  return new Refusal("conflict", `The lease ${lease} is another process's by now`, { lease })
}
