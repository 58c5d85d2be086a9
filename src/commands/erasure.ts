import type { Document } from "../kernel/entity.ts"
import type { Breath } from "../kernel/breath.ts"
import { emptied, erasedEvent, isEmptied } from "../kernel/erased.ts"
import type { Instance } from "../kernel/instance.ts"
import { isObject, sameJson, type Json, type JsonObject } from "../kernel/json.ts"
import { limits } from "../kernel/limits.ts"
import { isEnd, type RecordedEvent } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { finish } from "../kernel/steps.ts"
import type { Erasure } from "../ports/erasure.ts"
import type { Store } from "../ports/store.ts"
import type { Attribute, EntityType } from "../schema/types.ts"
import { leftEvents, leftVersions, type LeftVersion, type Scope } from "./left.ts"

/** What is to be erased: of an entity all that was and is no more, or that of some of its attributes. */
export type ToErase = {
  readonly id: string
  readonly type: EntityType | undefined
  readonly attributes: readonly Attribute[] | null
}

/** The command that erases: it says itself what, and nothing of what that was. */
export const eraseCommand = "Erase"

/**
 * Finds everything that is to be taken out of the past of an entity, and what is left in its place: of its events, of its
 * versions, of the commands that led to these and of those near them that tell the same words.
 */
export async function erasureOf(store: Store, { id, type, attributes }: ToErase, breathe: Breath): Promise<Erasure> {
  const names = attributes === null ? null : new Set(attributes.map(attribute => attribute.name))
  const scope: Scope = names ?? { has: () => true }
  const versions = leftVersions(
    await store.entities.versions(id),
    scope,
    name => type?.attributes.get(name)?.many ?? false,
  )
  const changed = await changedEvents(store, id, versions, scope)
  const words = wordsOf(versions, scope, type)
  const commands = await commandsOf(store, [...new Set(changed.map(({ event }) => event.causedBy.id))], words, breathe)
  const places = [...changed.map(({ event }) => event.t), ...commands.flatMap(({ history, t }) => [history[0]!.t, t])]
  const transactions = [...new Set(places)].toSorted((a, b) => a - b)
  checkSize(id, transactions.length)
  return {
    id,
    attributes: attributes === null ? null : attributes.map(attribute => attribute.fullName),
    events: changed.map(({ event, data }) => ({ t: event.t, n: event.n, data })),
    versions: versions.flatMap(({ t, was, left }) =>
      was === null || left === null || sameJson(was, left) ? [] : [{ t, document: left }],
    ),
    commands: commands.map(({ command, result, error }) => {
      return { id: command.id, data: emptied, result: result && emptied, error: error && emptied }
    }),
    mentions: [...new Set([id, ...words].map(inJson))],
    transactions,
  }
}

type Changed = { readonly event: RecordedEvent; readonly data: JsonObject }

async function changedEvents(
  store: Store,
  id: string,
  versions: readonly LeftVersion[],
  scope: Scope,
): Promise<readonly Changed[]> {
  const changed: Changed[] = []
  let place = 0
  for (const [t, all] of Map.groupBy(await eventsOf(store, id), event => event.t)) {
    while (place < versions.length && versions[place]!.t < t) place++
    const before = versions[place - 1]?.left ?? null
    const after = versions[place]?.t === t ? versions[place]!.left : before
    const events = all.filter(event => event.type !== erasedEvent)
    const left = leftEvents(events, before, after, scope)
    for (const event of events) {
      const data = left.get(event.n)
      if (data !== undefined) changed.push({ event, data })
    }
  }
  return changed
}

async function eventsOf(store: Store, id: string): Promise<readonly RecordedEvent[]> {
  const events: RecordedEvent[] = []
  for (let from = 1; ;) {
    const page = await store.log.stream(id, from, limits.pageEventsMax)
    events.push(...page.events)
    const last = events.at(-1)
    if (page.events.length === 0 || last === undefined || last.stream.version >= page.version) return events
    from = last.stream.version + 1
  }
}

// The types of values that are words of their own, and not names of other things.
const wordless: readonly Attribute["type"][] = ["ref", "enum", "boolean", "file"]

/** The words that are erased from versions: of three letters or more, because fewer stand in everything. */
function wordsOf(versions: readonly LeftVersion[], scope: Scope, type: EntityType | undefined): ReadonlySet<string> {
  const words = new Set<string>()
  for (const { was, left } of versions) {
    for (const [name, value] of Object.entries(was ?? {})) {
      const attribute = type?.attributes.get(name)
      const isWord = attribute === undefined || !wordless.includes(attribute.type)
      if (scope.has(name) && isWord && !sameJson(value, left?.[name])) addWords(value, words)
    }
  }
  // What is so still is no secret.
  for (const word of heldWords(versions.at(-1)?.was ?? null)) words.delete(word)
  return words
}

function heldWords(document: Document | null): ReadonlySet<string> {
  const words = new Set<string>()
  addWords(document ?? {}, words)
  return words
}

function addWords(value: Json | undefined, words: Set<string>): void {
  if (typeof value === "string") {
    if (value.length > 2) words.add(value)
  } else if (Array.isArray(value)) value.forEach((one: Json) => addWords(one, words))
  else if (isObject(value)) for (const one of Object.values(value)) addWords(one, words)
}

/**
 * The commands of which all is to be erased: these, and those that they were asked for by, or that they asked for in turn,
 * in which one of the words stands.
 */
async function commandsOf(
  store: Store,
  ids: readonly string[],
  words: ReadonlySet<string>,
  breathe: Breath,
): Promise<readonly Instance[]> {
  const texts = [...words].map(inJson)
  const tells = ({ command, result, error }: Instance) => {
    const text = JSON.stringify([command.data, result, error])
    return texts.some(word => text.includes(word))
  }
  const own = await found(store, ids)
  const near =
    texts.length === 0 ? [] : [...(await above(store, own)), ...(await below(store, own, breathe))].filter(tells)
  const all = new Map([...own, ...near].map(instance => [instance.command.id, instance]))
  const left = [...all.values()].filter(one => !isEmptied(one.command.data) && one.command.type !== eraseCommand)
  const going = left.find(({ state }) => !isEnd(state))
  if (going === undefined) return left
  const { id, type } = going.command
  const sentence = `The command ${type} ${id} tells of what is to be erased, and is not at its end`
  throw new Refusal("conflict", sentence, { command: id, state: going.state })
}

async function found(store: Store, ids: readonly string[]): Promise<readonly Instance[]> {
  return (await store.commands.find(ids)).filter(instance => instance !== null)
}

async function above(store: Store, instances: readonly Instance[]): Promise<readonly Instance[]> {
  const all: Instance[] = []
  for (let at = instances; at.length > 0;) {
    at = await found(store, [...new Set(at.flatMap(({ parent }) => parent ?? []))])
    all.push(...at)
    checkSize(instances[0]!.command.id, all.length)
  }
  return all
}

async function below(store: Store, instances: readonly Instance[], breathe: Breath): Promise<readonly Instance[]> {
  const all = new Map<string, Instance>()
  const parents = instances.map(({ command }) => command.id)
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    await finish(breathe())
    for (const child of await childrenOf(store, parent)) {
      if (all.has(child.command.id)) continue
      all.set(child.command.id, child)
      parents.push(child.command.id)
    }
    checkSize(instances[0]!.command.id, all.size)
  }
  return [...all.values()]
}

async function childrenOf(store: Store, parent: string): Promise<readonly Instance[]> {
  const limit = limits.pageItemsMax
  const all: Instance[] = []
  for (;;) {
    const after = all.at(-1)?.command.id
    const filter = { parent, archived: "both", limit } as const
    const page = await store.commands.list(after === undefined ? filter : { ...filter, after })
    all.push(...page)
    if (page.length < limit) return all
    checkSize(parent, all.length)
  }
}

function checkSize(id: string, count: number): void {
  const most = limits.erasedAtOnceMax
  if (count <= most) return
  throw new Refusal("too-large", `More than ${most} transactions or commands tell of ${id}`, { id, most })
}

// As it stands in a text of JSON.
function inJson(word: string): string {
  return JSON.stringify(word).slice(1, -1)
}
