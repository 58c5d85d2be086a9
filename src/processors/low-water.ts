import type { T } from "../kernel/message.ts"
import type { Delivery } from "./delivery.ts"

/** What is accounted for as soon as it is not fresh any more. */
type Open = { readonly t: T; readonly mode: Delivery["mode"] }

/**
 * How far everything is accounted for: the largest t such that each delivery up to it is done or has a row. Deliveries
 * enter in order of t and are accounted for in any order.
 */
export class LowWater {
  #open: Open[] = []
  #count = 0

  /** How many are in memory only. */
  get countOpen(): number {
    return this.#count
  }

  enter(delivery: Open): void {
    this.#open.push(delivery)
    this.#count++
  }

  /** One that has entered is not fresh any more. */
  left(): void {
    this.#count--
    // Those that are accounted for leave when they outnumber the others, so that one slow delivery does not keep them all.
    if (this.#open.length > 2 * this.#count + 64) this.#open = this.#open.filter(d => d.mode === "fresh")
  }

  /** Given how far the log was looked at. */
  at(read: T): T {
    const first = this.#open.findIndex(d => d.mode === "fresh")
    if (first > 0) this.#open.splice(0, first)
    return first < 0 ? read : this.#open[0]!.t - 1
  }
}
