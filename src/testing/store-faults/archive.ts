import { isEnd } from "../../kernel/message.ts"
import { aTransaction } from "../writes.ts"
import { answering, committing, replacingPart, transactions, type StoreFault } from "./fault.ts"

const foundAsItWas = "an archived command is found as it was, with when it was moved, and is listed only if asked for"
const allOrNone = "commands are moved all or none, and only those that may be"
const wholeTrees = "whole trees may be archived, of which everybody ended before, children before their parents"

/** Promises of the archive, broken. */
export const archiveFaults: Readonly<Record<string, StoreFault>> = {
  "what was archived is in both places": {
    noticedBy: foundAsItWas,
    breaks: replacingPart("commands", commands => ({
      list: ({ archived = false, ...filter }) => commands.list({ ...filter, archived: archived || "both" }),
    })),
  },
  "what was archived is in neither place": {
    noticedBy: foundAsItWas,
    breaks: replacingPart("commands", commands => ({
      list: ({ archived, ...filter }) => (archived === true ? [] : commands.list(filter)),
      find: async ids => (await commands.find(ids)).map(found => (found?.archivedAt === undefined ? found : null)),
    })),
  },
  "nobody knows when a command was archived": {
    noticedBy: foundAsItWas,
    breaks: replacingPart("commands", commands => ({
      find: async ids =>
        (await commands.find(ids)).map(found => {
          if (found === null) return null
          const { archivedAt: _archivedAt, ...rest } = found
          return rest
        }),
    })),
  },
  "an archived command that comes again is taken for a new one": {
    noticedBy: "an archived command that comes again is a duplicate, alone and among others",
    breaks: answering(async (outcome, _i, write, store) => {
      if (outcome.kind !== "duplicate" || write.kind !== "transaction") return outcome
      const [found] = await store.commands.find([write.instance.command.id])
      return found?.archivedAt === undefined ? outcome : { kind: "done", t: await store.basis(), at: found.updatedAt }
    }),
  },
  "each command goes to the archive by itself": {
    noticedBy: allOrNone,
    breaks: committing(async (writes, store) => {
      for (const write of writes) {
        if (write.kind !== "transaction" || write.archive === undefined) continue
        for (const id of write.archive.ids)
          await store.commit([aTransaction({ id: `by itself ${id}`, archive: { ids: [id] } })])
      }
      return writes
    }),
  },
  "a command that is under way goes to the archive": {
    noticedBy: allOrNone,
    breaks: committing(async (writes, store) =>
      Promise.all(
        writes.map(async write => {
          if (write.kind !== "transaction" || write.archive === undefined) return write
          const found = await store.commands.find(write.archive.ids)
          const ids = found.flatMap(one =>
            one !== null && isEnd(one.state) && !one.archivedAt ? [one.command.id] : [],
          )
          return { ...write, archive: { ids } }
        }),
      ),
    ),
  },
  "what is to come back from the archive stays there": {
    noticedBy: "what comes back from the archive is what went there, and may go again",
    breaks: transactions(({ restore: _restore, ...write }) => write),
  },
  "a parent may be archived whatever its children do": {
    noticedBy: wholeTrees,
    breaks: replacingPart("commands", commands => ({
      async archivable(asked) {
        const page = await commands.archivable(asked)
        const all = await commands.list({ limit: 1_000 })
        const ended = all.filter(({ state, updatedAt }) => isEnd(state) && Date.parse(updatedAt) < asked.before)
        return { ...page, ids: ended.map(({ command }) => command.id).toReversed() }
      },
    })),
  },
  "parents go to the archive before their children": {
    noticedBy: wholeTrees,
    breaks: replacingPart("commands", commands => ({
      async archivable(asked) {
        const page = await commands.archivable(asked)
        return { ...page, ids: page.ids.toReversed() }
      },
    })),
  },
  "the archivable are found only where nobody lives": {
    noticedBy: "what may be archived is found page by page, past any number of those that live on",
    breaks: replacingPart("commands", commands => ({
      async archivable(asked) {
        const page = await commands.archivable(asked)
        return page.ids.length === 0 ? { ...page, isEnd: true } : page
      },
    })),
  },
}
