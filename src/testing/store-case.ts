import { deepStrictEqual } from "node:assert/strict"
import type { Clock } from "../kernel/clock.ts"
import type { Maybe } from "../kernel/handler.ts"
import type { T } from "../kernel/message.ts"
import type { Store } from "../ports/store.ts"
import type { Write, WriteOutcome } from "../ports/write.ts"
import { simulatedClock, type SimulatedClock } from "./clock.ts"

/** A store that was opened for one case, with nothing in it. */
export type OpenedStore = {
  readonly store: Store
  /** Gives the store up, as the end of its process would, and opens what it kept. The old one is not used again. */
  reopen(): Promise<Store>
  /** Ends the case: what was kept may be thrown away. */
  close(): Promise<void>
  /** Opens what `maintenance.backup` wrote to a file. Without it only the file itself is looked at. */
  openBackup?(path: string): Promise<Store>
}

/** Opens an empty store. It should take its time from the clock: some cases move it. */
export type OpenStore = (parts: { readonly clock: Clock }) => Promise<OpenedStore>

/** One promise of the ports, and how it is tried. It throws when the promise is not kept. */
export type StoreCase = { readonly name: string; readonly run: (open: OpenStore) => Promise<void> }

/** What a case works with. */
export type Stage = {
  /** The store as it is now: another one after `reopen`. */
  readonly store: Store
  readonly clock: SimulatedClock
  commit(...writes: readonly Write[]): Promise<readonly WriteOutcome[]>
  /** Commits writes of which each must be done. */
  done(...writes: readonly Write[]): Promise<readonly Done[]>
  reopen(): Promise<Store>
  readonly openBackup: ((path: string) => Promise<Store>) | null
}

/** A write that was committed. */
export type Done = Extract<WriteOutcome, { kind: "done" }>

/** A case by its sentence. Its store is opened before, and closed whatever happens. */
export function storeCase(name: string, body: (stage: Stage) => Promise<void>): StoreCase {
  return {
    name,
    async run(open) {
      const clock = simulatedClock()
      const opened = await open({ clock })
      try {
        await body(stageOf(opened, clock))
      } finally {
        await opened.close()
      }
    },
  }
}

function stageOf(opened: OpenedStore, clock: SimulatedClock): Stage {
  let store = opened.store
  const commit = async (...writes: readonly Write[]) => store.commit(writes)
  return {
    get store() {
      return store
    },
    clock,
    commit,
    async done(...writes) {
      const outcomes = await commit(...writes)
      same(kinds(outcomes), Array(writes.length).fill("done"))
      return outcomes.filter(outcome => outcome.kind === "done")
    },
    async reopen() {
      store = await opened.reopen()
      return store
    },
    openBackup: opened.openBackup?.bind(opened) ?? null,
  }
}

/** The kinds of some outcomes, in order. */
export function kinds(outcomes: readonly WriteOutcome[]): string[] {
  return outcomes.map(outcome => outcome.kind)
}

/** That two values say the same JSON; maps and sets count as the lists of what is in them. */
export function same(actual: unknown, expected: unknown): void {
  deepStrictEqual(plain(actual), plain(expected))
}

// What a store hands out may have no prototype, or members that are undefined: neither is a difference.
function plain(value: unknown): unknown {
  const text = JSON.stringify(value, (_key, member: unknown) =>
    member instanceof Map || member instanceof Set ? [...member] : member,
  )
  return text === undefined ? undefined : JSON.parse(text)
}

/** Reads page after page until a page is empty. */
export async function allPages<Item>(page: (after: Item | undefined) => Maybe<readonly Item[]>): Promise<Item[]> {
  const all: Item[] = []
  for (;;) {
    const items = await page(all.at(-1))
    if (items.length === 0) return all
    all.push(...items)
    if (all.length > 100_000) throw new Error("Pages without end: the last item of a page does not lead on")
  }
}

/** 1, 2, 3 … up to t. */
export function upTo(t: T): T[] {
  return Array.from({ length: t }, (_, i) => i + 1)
}
