import type { Instance } from "../kernel/instance.ts"
import type { Outcome } from "../kernel/message.ts"
import type { Answered } from "./answers.ts"
import type { Job } from "./job.ts"

/** Whom the committer tells what has become of a job. */
export type Told = Answered & {
  /** It is durable as `queued`, and waits for its turn. */
  queued(job: Job): void
  /** It is durable as `running`: its handler may start. */
  began(job: Job): void
  /** A batch has taken these. */
  taken(jobs: readonly Job[]): void
  /** What is known of the instance of a lasting command. */
  known(id: string): Instance | null
  /** A lasting command has taken a step. */
  stepped(instance: Instance, outcome: Outcome): void
  /** It goes on from its form after a wait. */
  paused(job: Job, ms: number): void
  /** Nothing waits any more. */
  quiet(): void
}
