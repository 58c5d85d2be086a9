import { Refusal } from "../../src/kernel/refusal.ts"
import type { Store } from "../../src/ports/store.ts"
import type { Write } from "../../src/ports/write.ts"

/** What goes wrong with a store, as a test says: it is asked before each call. What it throws is what the store throws. */
export type Trouble = {
  commit?: (writes: readonly Write[]) => void | Promise<void>
  heads?: (ids: readonly string[]) => void
  find?: (ids: readonly string[]) => void
}

/** A store that fails when a test says so. */
export function faulty(trouble: Trouble): (store: Store) => Store {
  return store => ({
    ...store,
    commit: writes => {
      const before = trouble.commit?.(writes)
      return before instanceof Promise ? before.then(() => store.commit(writes)) : store.commit(writes)
    },
    entities: {
      ...store.entities,
      heads: ids => {
        trouble.heads?.(ids)
        return store.entities.heads(ids)
      },
    },
    commands: {
      ...store.commands,
      find: ids => {
        trouble.find?.(ids)
        return store.commands.find(ids)
      },
    },
  })
}

/** The same store, further away: whatever it answers comes later. */
export function remote(store: Store): Store {
  const later = <Part extends object>(part: Part): Part =>
    new Proxy(part, {
      get(target, key) {
        const member: unknown = Reflect.get(target, key)
        if (typeof member !== "function" || key === "onBell" || key === "verify") return member
        return async (...args: unknown[]) => {
          await Promise.resolve()
          return Reflect.apply(member, target, args) as unknown
        }
      },
    })
  const { log, entities, commands, deliveries, projections, maintenance } = store
  const rooms = {
    log: later(log),
    entities: later(entities),
    commands: later(commands),
    deliveries: later(deliveries),
    projections: later(projections),
    maintenance: later(maintenance),
  }
  return {
    ...later(store),
    ...rooms,
    commit: async writes => store.commit(writes),
    basis: async () => store.basis(),
    onBell: l => store.onBell(l),
    close: () => store.close(),
  }
}

export const unavailable = () => new Refusal("unavailable", "The disk is full")
