import type { Version } from "../../kernel/message.ts"
import type { Store } from "../../ports/store.ts"
import type { TransactionWrite, ValueChange, Write, WriteOutcome } from "../../ports/write.ts"
import { aTransaction } from "../writes.ts"
import { answering, committing, replacing, transactions, type StoreFault } from "./fault.ts"

/** Promises of `commit`, broken. */
export const commitFaults: Readonly<Record<string, StoreFault>> = {
  "t has a gap": {
    noticedBy: "t is 1, 2, 3 … in the order of the writes, over batches of any size",
    breaks: answering(outcome =>
      outcome.kind === "done" && outcome.t > 2 ? { ...outcome, t: outcome.t + 1 } : outcome,
    ),
  },
  "a transaction is acknowledged and not written": {
    noticedBy: "whatever a transaction holds is there when its commit resolves",
    breaks: acknowledgesOnly,
  },
  "the writes of a batch are committed in another order": {
    noticedBy: "t is 1, 2, 3 … in the order of the writes, over batches of any size",
    breaks: store =>
      replacing(store, { commit: async writes => (await store.commit(writes.toReversed())).toReversed() }),
  },
  "a conflict takes its neighbours along": {
    noticedBy: "a write drops out alone because its version is stale, in the middle in its batch",
    breaks: neighboursGoToo,
  },
  "half of a conflict is written": {
    noticedBy: "a transaction that drops out neither sets nor takes back a timer",
    breaks: committing(writes =>
      writes.flatMap(write => (write.kind === "transaction" ? withTimersApart(write) : [write])),
    ),
  },
  "versions are not checked": {
    noticedBy: "a write drops out alone because its version leaves a gap, last in its batch",
    breaks: committing(async (writes, store) => fittingVersions(writes, store)),
  },
  "reads are not checked": {
    noticedBy: "a write drops out alone because what it read has changed, first in its batch",
    breaks: transactions(write => ({ ...write, reads: [] })),
  },
  "unique values are not checked": {
    noticedBy: "of two that take the same unique value in one batch the first has it",
    breaks: transactions(write => withValues(write, value => [{ ...value, unique: false }])),
  },
  "a unique value is never free again": {
    noticedBy: "a unique value is free after its holder was retracted",
    breaks: transactions(write => withValues(write, value => (value.unique && !value.added ? [] : [value]))),
  },
  "the holder of a unique value is named": {
    noticedBy: "the conflict over a unique value never says who holds it",
    breaks: answering(async (outcome, _i, _write, store) => {
      if (outcome.kind !== "conflict") return outcome
      const holders = await store.entities.holders("Thing/name", "x")
      return { ...outcome, sentence: `${outcome.sentence} by ${holders.join(", ")}` }
    }),
  },
  "a command that comes again is executed again": {
    noticedBy: "a command that comes again is a duplicate, not a conflict, though its versions are stale by now",
    breaks: committing(async (writes, store) => fittingVersions(await asNew(writes, store), store)),
  },
  "a command that comes again is a conflict": {
    noticedBy: "a command that comes again is a duplicate, not a conflict, though its versions are stale by now",
    breaks: answering(outcome =>
      outcome.kind === "duplicate" ? { kind: "conflict", sentence: "It was there", facts: {}, unique: false } : outcome,
    ),
  },
  "a refusal takes a t": {
    noticedBy: "refusals, deliveries and pages take no t",
    breaks: committing(writes =>
      writes.flatMap((write, i) => (write.kind === "refusal" ? [aTransaction({ id: `${write.id} ${i}` })] : [write])),
    ),
  },
  "the rows of a page are kept without its checkpoint": {
    noticedBy: "a page's rows and its checkpoint are there together",
    breaks: committing(writes => writes.map(write => (write.kind === "projection" ? { ...write, reached: 0 } : write))),
  },
  "the checkpoint of a page is kept without its rows": {
    noticedBy: "a page's rows and its checkpoint are there together",
    breaks: committing(writes =>
      writes.map(write => (write.kind === "projection" ? { ...write, rows: new Map() } : write)),
    ),
  },
  "a delivery that is done stays": {
    noticedBy: "a delivery that fails again takes its row's place, and one that is done leaves",
    breaks: committing(writes => writes.map(write => (write.kind === "deliveries" ? { ...write, done: [] } : write))),
  },
  "a consumer's checkpoint is not kept": {
    noticedBy: "a consumer is new until it has reached a t",
    breaks: committing(writes =>
      writes.map(write => (write.kind === "deliveries" ? { ...write, reached: null } : write)),
    ),
  },
  "leases are not looked at": {
    noticedBy: "what is written under a stale lease drops out alone, and is not kept",
    breaks: committing(writes =>
      writes.map(write => {
        if (write.kind !== "deliveries" && write.kind !== "projection") return write
        const { fence: _fence, ...unfenced } = write
        return unfenced
      }),
    ),
  },
  "a further step is not held to the one it follows": {
    noticedBy: "of two who take the same further step of a command the second is told that it was taken",
    breaks: transactions(({ follows: _follows, ...write }) => write),
  },
  "transactions are not held to their lease": {
    noticedBy: "a transaction under a stale lease drops out, and is no duplicate when it comes again",
    breaks: transactions(({ fence: _fence, ...write }) => write),
  },
  "a timer that was taken back is still due": {
    noticedBy: "a timer stays due until it is taken back",
    breaks: transactions(write => ({ ...write, timers: write.timers.filter(timer => timer.due !== null) })),
  },
  "a large transaction is cut short": {
    noticedBy: "a transaction of 4,000 events is one transaction and one page",
    breaks: transactions(write => ({ ...write, events: write.events.slice(0, 1_000) })),
  },
}

function acknowledgesOnly(store: Store): Store {
  return replacing(store, {
    async commit(writes) {
      const t = await store.basis()
      return writes.map((_, i) => ({ kind: "done", t: t + i + 1, at: "2030-01-01T00:00:00.000Z" }))
    },
  })
}

function neighboursGoToo(store: Store): Store {
  return replacing(store, {
    async commit(writes) {
      const outcomes: WriteOutcome[] = []
      for (const write of writes) {
        const spoilt = outcomes.find(outcome => outcome.kind === "conflict")
        outcomes.push(spoilt ?? (await store.commit([write]))[0]!)
      }
      return outcomes
    },
  })
}

// The timers go in a transaction of their own, which nothing can conflict with.
function withTimersApart(write: TransactionWrite): Write[] {
  if (write.timers.length === 0) return [write]
  return [aTransaction({ id: `${write.instance.command.id} timers`, timers: write.timers })]
}

async function fittingVersions(writes: readonly Write[], store: Store): Promise<Write[]> {
  const ids = writes.flatMap(write => (write.kind === "transaction" ? write.events.map(event => event.stream.id) : []))
  const versions = new Map<string, Version>((await store.entities.heads(ids)).map(({ id, version }) => [id, version]))
  return writes.map(write => {
    if (write.kind !== "transaction") return write
    const events = write.events.map(event => {
      const version = (versions.get(event.stream.id) ?? 0) + 1
      versions.set(event.stream.id, version)
      return { ...event, stream: { ...event.stream, version } }
    })
    return { ...write, events }
  })
}

async function asNew(writes: readonly Write[], store: Store): Promise<Write[]> {
  const t = await store.basis()
  return writes.map((write, i) => {
    if (write.kind !== "transaction" || !write.first) return write
    const { instance } = write
    const command = { ...instance.command, id: `${instance.command.id} ${t}.${i}` }
    return { ...write, instance: { ...instance, command } }
  })
}

function withValues(write: TransactionWrite, change: (value: ValueChange) => ValueChange[]): TransactionWrite {
  return { ...write, changes: write.changes.map(c => ({ ...c, values: c.values.flatMap(change) })) }
}
