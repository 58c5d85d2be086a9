import { resolve } from "node:path"
import { Worker } from "node:worker_threads"

/** What the cell says that both threads see: who asks sets `asked` and `closing`, the thread answers with the other two. */
export const cell = { idle: 0, asked: 1, closing: 2, closed: 3 } as const

/** What a carrier is started with. */
export type CarrierData = { readonly path: string; readonly shared: SharedArrayBuffer }

/** A thread that carries over what waits in the write-ahead log of a file. */
export type Carrier = {
  readonly isAtWork: boolean
  /** It could not open the file, or died: nothing more comes of it. */
  readonly isBroken: boolean
  /** Begins with all that waits now. */
  begin(): void
  /** Returns when it is done. */
  wait(): void
  /** Returns when it has closed the file. */
  close(): void
}

// How long it is waited for: a disk that takes longer is as good as broken, and nothing is lost without it.
const waitMsMax = 10_000

/** Starts one on a file. Whoever waits for it does so without a turn of the event loop: a file is closed at once. */
export function carrierOn(path: string): Carrier {
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
  const state = new Int32Array(shared)
  const workerData: CarrierData = { path: resolve(path), shared }
  const worker = new Worker(new URL("./carrier-thread.ts", import.meta.url), { workerData })
  worker.unref()
  // What it was at is still in the log, and the next one who looks finds it there.
  worker.on("error", () => Atomics.store(state, 0, cell.closed))
  const says = (what: number) => Atomics.load(state, 0) === what

  return {
    get isAtWork() {
      return says(cell.asked)
    },
    get isBroken() {
      return says(cell.closed)
    },
    begin() {
      if (Atomics.compareExchange(state, 0, cell.idle, cell.asked) === cell.idle) Atomics.notify(state, 0)
    },
    wait() {
      Atomics.wait(state, 0, cell.asked, waitMsMax)
    },
    close() {
      if (says(cell.closed)) return
      Atomics.store(state, 0, cell.closing)
      Atomics.notify(state, 0)
      const until = performance.now() + waitMsMax
      // What it was at when it was told to close ends with a notice as well, and does not mean that it has closed.
      while (says(cell.closing) && performance.now() < until) Atomics.wait(state, 0, cell.closing, waitMsMax)
      void worker.terminate()
    },
  }
}
