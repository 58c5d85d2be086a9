import { writeFile } from "node:fs/promises"
import type { Document } from "../../kernel/entity.ts"
import type { RecordedEvent } from "../../kernel/message.ts"
import type { LoggedEvent } from "../../ports/log.ts"
import { replacing, replacingPart, type StoreFault } from "./fault.ts"
import { timerFaults } from "./timers.ts"

/** Promises of what is read, broken. */
export const readFaults: Readonly<Record<string, StoreFault>> = {
  "the past shows the present": {
    noticedBy: "an entity is asked for as of any t, long after",
    breaks: replacingPart("entities", entities => ({ at: (id, t) => entities.at(id, t === 0 ? 0 : 1e9) })),
  },
  "the holders of the past are those of the present": {
    noticedBy: "holders are asked for as of any t",
    breaks: replacingPart("entities", entities => ({ holdersAt: (a, v) => entities.holders(a, v) })),
  },
  "of many values those that nobody has are passed over": {
    noticedBy: "the holders of many values are asked for at once, in the order of the question",
    breaks: replacingPart("entities", entities => ({
      holdersOf: async values => (await entities.holdersOf(values)).filter(holders => holders.length > 0),
    })),
  },
  "what nobody has any more was never held": {
    noticedBy: "it is known for good whether anybody ever had a value",
    breaks: replacingPart("entities", entities => ({
      wasHeld: async (a, v) => (await entities.holders(a, v)).length > 0,
    })),
  },
  "the ids of the past are those of the present": {
    noticedBy: "the ids of a type are listed as of any t, in order of creation, page by page",
    breaks: replacingPart("entities", entities => ({ ids: (type, _t, options) => entities.ids(type, 1e9, options) })),
  },
  "a retracted entity is still there": {
    noticedBy: "an entity is asked for as of any t, long after",
    breaks: replacingPart("entities", entities => ({
      at: async (id, t) => (await entities.at(id, t)) ?? entities.at(id, t - 1),
    })),
  },
  "versions do not tell of a retraction": {
    noticedBy: "an entity is asked for as of any t, long after",
    breaks: replacingPart("entities", entities => ({
      versions: async id => (await entities.versions(id)).filter(version => version.document !== null),
    })),
  },
  "text is compared without regard to case": {
    noticedBy: "unique text differs by case, by space and by the way an accent is written",
    breaks: replacingPart("entities", entities => ({
      holders: (a, v) => entities.holders(a, typeof v === "string" ? v.toLowerCase() : v),
    })),
  },
  "a number is found as text": {
    noticedBy: "a value is what it is: text is not a number, and numbers are not rounded",
    breaks: replacingPart("entities", entities => ({ holders: (a, v) => entities.holders(a, String(v)) })),
  },
  "holders come in the order in which they took the value": {
    noticedBy: "holders come in order of their creation, not of when they took the value",
    breaks: replacingPart("entities", entities => ({
      holders: async (a, v) => (await entities.holders(a, v)).toReversed(),
    })),
  },
  "facts of the past are those of the present": {
    noticedBy: "the facts of a looked-up attribute are found by entity, by value, by both, and as of any t",
    breaks: replacingPart("facts", facts => ({
      facts: (a, f, m, limit) => facts.facts(a, f, { ...m, t: 1e9 }, limit),
    })),
  },
  "facts that were there before count as new": {
    noticedBy: "since a t, a value counts when it was not there then, or went and came back",
    breaks: replacingPart("facts", facts => ({ facts: (a, f, { t }, limit) => facts.facts(a, f, { t }, limit) })),
  },
  "a truth is found as a number": {
    noticedBy: "truths come back as truths, and are not found as numbers",
    breaks: replacingPart("facts", facts => ({
      facts: (a, { values, ...f }, m, limit) =>
        facts.facts(a, values === undefined ? f : { ...f, values: values.map(v => (v === 1 ? true : v)) }, m, limit),
    })),
  },
  "more facts come than were asked for": {
    noticedBy: "thousands are asked for at once, and no more facts come than were asked for",
    breaks: replacingPart("facts", facts => ({ facts: (a, f, m) => facts.facts(a, f, m, 9_999) })),
  },
  "an entity was last seen when it went": {
    noticedBy: "entities come by their keys as of any t, and so do their types and when they were last seen",
    breaks: replacingPart("facts", facts => ({
      lastSeen: async (keys, t) =>
        (await facts.lastSeen(keys, t)).map(seen => (seen === null || seen === t ? seen : seen + 1)),
    })),
  },
  "a key __proto__ is lost": {
    noticedBy: "a document keeps keys and values of every kind as they are",
    breaks: replacingPart("entities", entities => ({
      async at(id, t) {
        const entity = await entities.at(id, t)
        return entity && { ...entity, document: assignedAnew(entity.document) }
      },
    })),
  },
  "the last event of a page is skipped": {
    noticedBy: "pages hold whole transactions, in order, and lead to the end",
    breaks: replacingPart("log", log => ({
      async read(after, limit, types) {
        const page = await log.read(after, limit, types)
        return { ...page, events: page.events.slice(0, Math.max(1, page.events.length - 1)) }
      },
    })),
  },
  "a page splits a transaction": {
    noticedBy: "pages hold whole transactions, in order, and lead to the end",
    breaks: replacingPart("log", log => ({
      async read(after, limit, types) {
        const page = await log.read(after, limit, types)
        return { ...page, events: page.events.slice(0, limit) }
      },
    })),
  },
  "a page says it is the end when it is not": {
    noticedBy: "pages hold whole transactions, in order, and lead to the end",
    breaks: replacingPart("log", log => ({
      read: async (after, limit, types) => ({ ...(await log.read(after, limit, types)), isEnd: true }),
    })),
  },
  "events of all types are read": {
    noticedBy: "pages of some types hold those only, with their places, and lead past the others to the end",
    breaks: replacingPart("log", log => ({ read: (after, limit) => log.read(after, limit) })),
  },
  "an event loses when it happened": {
    noticedBy: "an event comes back with everything that was said of it",
    breaks: replacingPart("log", log => ({
      transaction: async t => (await log.transaction(t)).map(logged => altered(logged, undated)),
    })),
  },
  "an event loses what kind of change it made": {
    noticedBy: "whatever a transaction holds is there when its commit resolves",
    breaks: replacingPart("log", log => ({
      async read(after, limit, types) {
        const page = await log.read(after, limit, types)
        return { ...page, events: page.events.map(logged => ({ ...logged, kind: null })) }
      },
    })),
  },
  "a stream has a gap": {
    noticedBy: "a stream is read from any version on, without a gap",
    breaks: replacingPart("log", log => ({
      async stream(id, from, limit) {
        const page = await log.stream(id, from, limit)
        return { ...page, events: page.events.filter(event => event.stream.version !== 3) }
      },
    })),
  },
  "an instant stands for the t before it": {
    noticedBy: "an instant stands for the last t at or before it",
    breaks: replacingPart("log", log => ({ tAt: ms => log.tAt(ms - 1) })),
  },
  "the history of a command is cut": {
    noticedBy: "an instance comes back with everything that was said of it",
    breaks: replacingPart("commands", commands => ({
      find: async ids =>
        (await commands.find(ids)).map(found => found && { ...found, history: found.history.slice(-1) }),
    })),
  },
  "the digest of a command is lost": {
    noticedBy: "an instance comes back with everything that was said of it",
    breaks: replacingPart("commands", commands => ({
      find: async ids => (await commands.find(ids)).map(found => found && { ...found, digest: null }),
    })),
  },
  "commands are listed oldest first": {
    noticedBy: "commands are listed newest first, whichever of them changed last",
    breaks: replacingPart("commands", commands => ({
      list: async filter => (await commands.list(filter)).toReversed(),
    })),
  },
  "commands are listed whoever owns them": {
    noticedBy: "commands are listed by owner, state, type and parent, alone and together, page by page",
    breaks: replacingPart("commands", commands => ({
      list: ({ owner: _owner, ...filter }) => commands.list(filter),
    })),
  },
  "the ended count as unfinished": {
    noticedBy: "the unfinished are those that a process has in hand, oldest first, with who asked for each",
    breaks: replacingPart("commands", commands => ({
      unfinished: async () => {
        const all = await commands.list({ limit: 1_000 })
        return all.toReversed().map(instance => ({ ...instance, actor: instance.owner }))
      },
    })),
  },
  "an owner is taken for who asked": {
    noticedBy: "the unfinished are those that a process has in hand, oldest first, with who asked for each",
    breaks: replacingPart("commands", commands => ({
      unfinished: async () => (await commands.unfinished()).map(instance => ({ ...instance, actor: instance.owner })),
    })),
  },
  "a refusal loses its faults": {
    noticedBy: "a refusal is kept with all its faults, and the last one of an id is shown",
    breaks: replacingPart("commands", commands => ({
      async refusal(id) {
        const refusal = await commands.refusal(id)
        return refusal && { ...refusal, faults: [] }
      },
    })),
  },
  "a living delivery is listed as a dead letter": {
    noticedBy: "dead letters of all consumers are listed newest first, page by page",
    breaks: replacingPart("deliveries", deliveries => ({
      dead: async options => (options.after === undefined ? deliveries.parked("mail") : deliveries.dead(options)),
    })),
  },
  ...timerFaults,
  "a version that begins anew keeps its rows": {
    noticedBy: "a version that begins anew loses its rows and what it had reached",
    breaks: replacingPart("projections", projections => ({
      async begin(name, version) {
        const known = (await projections.progress()).some(p => p.name === name && p.version === version)
        if (!known) await projections.begin(name, version)
      },
    })),
  },
  "a swap changes nothing": {
    noticedBy: "a new version is built beside the old one, and takes its place in one step",
    breaks: replacingPart("projections", () => ({ swap() {} })),
  },
  "a version is begun under a stale lease": {
    noticedBy: "under a stale lease no projection is begun and none is swapped",
    breaks: replacingPart("projections", projections => ({
      begin: (name, version) => projections.begin(name, version),
    })),
  },
  "a version is swapped under a stale lease": {
    noticedBy: "under a stale lease no projection is begun and none is swapped",
    breaks: replacingPart("projections", projections => ({ swap: (name, version) => projections.swap(name, version) })),
  },
  "a projection that is dropped is still there": {
    noticedBy: "a projection that is dropped is forgotten, and its namesakes by half are not",
    breaks: replacingPart("projections", () => ({ drop() {} })),
  },
  "the chain stands still": {
    noticedBy: "each transaction's hash follows from the one before it and from its own content",
    breaks: replacingPart("maintenance", maintenance => ({
      chain: async () => ({ ...(await maintenance.chain()), hash: "" }),
    })),
  },
  "something is found where nothing is wrong": {
    noticedBy: "nothing is found in a store where nothing is wrong",
    breaks: replacingPart("maintenance", () => ({
      async *verify() {
        yield { check: "streams", t: 1, sentence: "A stream has a gap" }
      },
    })),
  },
  "a lease has two holders": {
    noticedBy: "a lease is one holder's until it is given back, and epochs only grow",
    breaks: replacingPart("leases", () => ({ take: () => ({ epoch: 1 }) })),
  },
  "leases that are over are listed": {
    noticedBy: "the leases that somebody holds are listed, with who holds each and for how long",
    breaks: replacingPart("leases", leases => ({
      held: async () => [...(await leases.held()), { name: "over", holder: "bob", msLeft: 1 }],
    })),
  },
  "a schema is kept once for each time": {
    noticedBy: "schemas are kept in order, from which t on each, and the same again does nothing",
    breaks: replacingPart("maintenance", maintenance => ({
      schemas: async () => (await maintenance.schemas()).flatMap(schema => [schema, schema]),
    })),
  },
  "a backup overwrites what is there": {
    noticedBy: "a backup does not overwrite a file",
    breaks: replacingPart("maintenance", () => ({ backup: path => writeFile(path, "backup") })),
  },
  "it rings for its own commits": {
    noticedBy: "a store does not ring for its own commits, and a listener can be taken back",
    breaks: store =>
      replacing(store, {
        onBell(listener) {
          listener()
          return () => {}
        },
      }),
  },
}

function altered(logged: LoggedEvent, change: (event: RecordedEvent) => RecordedEvent): LoggedEvent {
  return { ...logged, event: change(logged.event) }
}

function undated({ occurredAt: _occurredAt, ...event }: RecordedEvent): RecordedEvent {
  return event
}

// What happens to a document that is put together key by key on an ordinary object.
function assignedAnew(document: Document): Document {
  return Object.assign({}, document)
}
