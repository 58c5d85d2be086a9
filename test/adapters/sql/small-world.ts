import type { Document } from "../../../src/kernel/entity.ts"
import type { EntityKey, FactAttribute } from "../../../src/ports/facts.ts"
import type { Store } from "../../../src/ports/store.ts"
import type { ValueChange } from "../../../src/ports/write.ts"
import { aTransaction, anEvent } from "../../../src/testing/writes.ts"

const person: Omit<FactAttribute, "fullName" | "name" | "type"> = { types: ["Person"], many: false, lookup: true }
const attribute = (name: string, type: FactAttribute["type"], said: Partial<FactAttribute> = {}): FactAttribute => ({
  ...person,
  fullName: `${said.types?.length === 1 ? said.types[0]! : said.types ? "Party" : "Person"}/${name}`,
  name,
  type,
  ...said,
})

/** What people, and the teams that they are in, have: as rows, and in their documents only. */
export const attributes = {
  name: attribute("name", "string", { types: ["Person", "Team"] }),
  age: attribute("age", "integer"),
  tag: attribute("tag", "string", { many: true }),
  keen: attribute("keen", "boolean"),
  boss: attribute("boss", "ref"),
  team: attribute("team", "ref", { many: true }),
  level: attribute("level", "integer", { lookup: false }),
  score: attribute("score", "number", { lookup: false }),
  note: attribute("note", "string", { lookup: false }),
  words: attribute("words", "string", { lookup: false, many: true }),
  away: attribute("away", "boolean", { lookup: false }),
  rank: attribute("rank", "integer", { types: ["Team"] }),
} as const

/** What may be a value of each kind of attribute. */
export const texts = ["a", "b", "ab", "ä", "1", "true", "\u{1F600}", "\uFFFD"]
export const numbers = [0, 1, 2, 3]
export const fractions = [0, 1, 0.5, 0.1 + 0.2, 2.5]

export type Random = (below: number) => number

/** Numbers that look like chance, and are the same each time. */
export function randomFrom(seed: number): Random {
  let state = seed
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

export type Filled = { readonly t: number; readonly keys: readonly EntityKey[] }

/** Fills a store with a few people and teams that change, go and come back. */
export async function filled(store: Store, random: Random, steps: number): Promise<Filled> {
  const ids = ["p1", "p2", "p3", "p4", "p5", "p6", "t1", "t2"]
  const documents = new Map<string, Document>()
  const versions = new Map<string, number>()
  const put = async (id: string, document: Document | null) => {
    const before = documents.get(id) ?? null
    const type = id.startsWith("p") ? "Person" : "Team"
    const version = (versions.get(id) ?? 0) + 1
    versions.set(id, version)
    if (document === null) documents.delete(id)
    else documents.set(id, document)
    const change = { id, type, document, replaces: before !== null, values: changes(type, before, document) }
    const stream = { id, type, version }
    const command = `${id} ${version}`
    const [outcome] = await store.commit([
      aTransaction({ id: command, events: [anEvent({ id: `${command} 0`, stream })], changes: [change] }),
    ])
    if (outcome?.kind !== "done") throw new Error(JSON.stringify(outcome))
  }
  for (const id of ids) await put(id, {})
  for (let i = 0; i < steps; i += 1) {
    const id = ids[random(ids.length)]!
    await put(id, documents.has(id) && random(6) === 0 ? null : documentOf(id, ids, random))
  }
  const keys = (await store.facts.keys(ids)).map(key => key!)
  return { t: ids.length + steps, keys }
}

function documentOf(id: string, ids: readonly string[], random: Random): Document {
  const pick = <Item>(list: readonly Item[]): Item => list[random(list.length)]!
  const some = <Item>(list: readonly Item[]): Item[] => [...new Set([pick(list), pick(list), pick(list)])]
  const maybe = (document: Document): Document => (random(4) === 0 ? {} : document)
  if (!id.startsWith("p")) return { ...maybe({ name: pick(texts) }), ...maybe({ rank: pick(numbers) }) }
  const [people, teams] = [ids.slice(0, 6), ids.slice(6)]
  return {
    ...maybe({ name: pick(texts), age: pick(numbers) }),
    ...maybe({ tag: some(texts), keen: random(2) === 0 }),
    ...maybe({ boss: pick(people) }),
    ...maybe({ team: some(teams) }),
    ...maybe({ level: pick(numbers), score: pick(fractions) }),
    ...maybe({ note: pick(texts), words: [...some(texts), pick(texts)] }),
    ...maybe({ away: random(2) === 0 }),
  }
}

function changes(type: string, before: Document | null, after: Document | null): ValueChange[] {
  return Object.values(attributes)
    .filter(({ lookup, types }) => lookup && types.includes(type))
    .flatMap(({ name, fullName, type: its }) => {
      const [was, is] = [scalars(before?.[name]), scalars(after?.[name])]
      const change = (value: ValueChange["value"], added: boolean) => {
        return { attribute: fullName, value, ref: its === "ref", unique: false, added }
      }
      return [
        ...was.filter(value => !is.includes(value)).map(value => change(value, false)),
        ...is.filter(value => !was.includes(value)).map(value => change(value, true)),
      ]
    })
}

function scalars(value: unknown): ValueChange["value"][] {
  if (value === undefined) return []
  return (Array.isArray(value) ? value : [value]) as ValueChange["value"][]
}
