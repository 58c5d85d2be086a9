import type { ServerResponse } from "node:http"
import type { Socket } from "node:net"
import type { Clock } from "../kernel/clock.ts"

/** The answers that are under way. */
export class Running {
  readonly #answers = new Set<ServerResponse>()
  readonly #whenIdle = new Set<() => void>()

  /** Counts an answer until it is over, one way or the other. */
  begin(answer: ServerResponse, over: () => void): void {
    this.#answers.add(answer)
    answer.once("close", () => {
      this.#answers.delete(answer)
      over()
      if (this.#answers.size === 0) for (const tell of this.#whenIdle) tell()
    })
  }

  /** Whether something is being answered on a connection: its request is there, or its answer has begun. */
  on(socket: Socket): boolean {
    for (const answer of this.#answers) {
      if (answer.socket === socket && (answer.headersSent || answer.req.complete)) return true
    }
    return false
  }

  /** Resolves when nothing is under way, or after `ms`. */
  idle(clock: Clock, ms: number): Promise<void> {
    if (this.#answers.size === 0) return Promise.resolve()
    return new Promise(resolve => {
      const tell = () => {
        this.#whenIdle.delete(tell)
        cancel()
        resolve()
      }
      const cancel = clock.after(ms, tell)
      this.#whenIdle.add(tell)
    })
  }
}
