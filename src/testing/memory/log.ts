import { limits } from "../../kernel/limits.ts"
import type { RecordedEvent } from "../../kernel/message.ts"
import type { LoggedEvent, LogStore } from "../../ports/log.ts"
import { basisOf, type Memory } from "./memory.ts"

/** The log of all transactions, out of a memory. */
export function memoryLog(memory: Memory): LogStore {
  return {
    read(after, limit, types) {
      const events: LoggedEvent[] = []
      let reached = after
      let bytes = 0
      for (const transaction of memory.transactions.slice(after)) {
        const wanted = transaction.events.filter(({ event }) => types?.includes(event.type) ?? true)
        bytes += bytesOf(wanted.map(({ event }) => event))
        if (events.length > 0 && (events.length + wanted.length > limit || bytes > limits.pageBytesMax)) break
        events.push(...wanted)
        reached = transaction.t
      }
      return { events, reached, isEnd: reached >= basisOf(memory) }
    },

    stream(id, from, limit) {
      const stream = memory.streams.get(id)
      if (stream === undefined) return { events: [], version: 0, type: null }
      const first = Math.max(0, from - 1)
      const { type, events } = stream
      const page = events.slice(first, first + limit)
      let bytes = 0
      const heavy = page.findIndex(event => (bytes += bytesOf([event])) > limits.pageBytesMax)
      return { events: heavy < 0 ? page : page.slice(0, Math.max(1, heavy)), version: events.length, type }
    },

    transaction: t => memory.transactions[t - 1]?.events ?? [],

    tAt: ms => memory.transactions.findLast(({ at }) => Date.parse(at) <= ms)?.t ?? 0,

    streams({ type, after, limit }) {
      return [...memory.streams]
        .map(([id, stream]) => ({ type: stream.type, id, version: stream.events.length }))
        .filter(stream => type === undefined || stream.type === type)
        .filter(stream => after === undefined || stream.id > after)
        .toSorted((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit)
    },
  }
}

function bytesOf(events: readonly RecordedEvent[]): number {
  return events.reduce((sum, { data }) => sum + Buffer.byteLength(JSON.stringify(data)), 0)
}
