import type { Store } from "../../ports/store.ts"
import type { TransactionWrite, Write, WriteOutcome } from "../../ports/write.ts"

/** One promise broken on purpose: the sentence of the case that must notice it, and a store that is wrong so. */
export type StoreFault = { readonly noticedBy: string; readonly breaks: (store: Store) => Store }

/** A store that is as it was but for some of its methods. */
export function replacing<Part extends object>(part: Part, by: Partial<Part>): Part {
  return new Proxy(part, {
    get(target, name) {
      const own: unknown = Object.hasOwn(by, name) ? Reflect.get(by, name) : Reflect.get(target, name)
      return typeof own === "function" ? own.bind(target) : own
    },
  })
}

/** A store of which one part has other methods. */
export function replacingPart<
  Name extends Exclude<keyof Store, "commit" | "commitsAtOnce" | "basis" | "presumed" | "onBell" | "close">,
>(name: Name, by: (part: Store[Name]) => Partial<Store[Name]>): StoreFault["breaks"] {
  return store => replacing(store, { [name]: replacing(store[name], by(store[name])) } as Partial<Store>)
}

/** A store that commits something else than it was given. */
export function committing(
  change: (writes: readonly Write[], store: Store) => readonly Write[] | Promise<readonly Write[]>,
): StoreFault["breaks"] {
  return store => replacing(store, { commit: async writes => store.commit(await change(writes, store)) })
}

/** A store that commits what it was given, and answers something else. */
export function answering(
  change: (outcome: WriteOutcome, i: number, write: Write, store: Store) => WriteOutcome | Promise<WriteOutcome>,
): StoreFault["breaks"] {
  return store =>
    replacing(store, {
      async commit(writes) {
        const outcomes = await store.commit(writes)
        return Promise.all(outcomes.map(async (outcome, i) => change(outcome, i, writes[i]!, store)))
      },
    })
}

/** A store that commits something else in the place of each transaction. */
export function transactions(change: (write: TransactionWrite) => TransactionWrite): StoreFault["breaks"] {
  return committing(writes => writes.map(write => (write.kind === "transaction" ? change(write) : write)))
}
