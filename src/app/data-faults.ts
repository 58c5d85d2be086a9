import type { Document } from "../kernel/entity.ts"
import { canonicalJson, type Json } from "../kernel/json.ts"
import type { Fault } from "../kernel/refusal.ts"
import type { T } from "../kernel/message.ts"
import type { Store } from "../ports/store.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import { at } from "../schema/faults.ts"
import { lookedUpBy } from "../schema/looked-up.ts"
import type { Attribute, EntityType } from "../schema/types.ts"

const entitiesAtOnce = 500
const examplesMax = 3

/** What a new schema says of data that is there: what could not be read rightly, and what could not be written again. */
export type DataFaults = { readonly unreadable: readonly Fault[]; readonly unwritable: readonly Fault[] }

type Found = {
  readonly path: string
  readonly code: string
  readonly says: string
  count: number
  readonly of: string[]
}
type Entity = { readonly id: string; readonly document: Document }

/** Holds all entities whose type says something else than before against the new schema. */
export async function dataFaults(before: CompiledSchema, after: CompiledSchema, store: Store): Promise<DataFaults> {
  const t = await store.basis()
  const unreadable: Fault[] = []
  const unwritable: Fault[] = []
  const holders = new Map<string, Map<string, string>>()
  for (const old of before.entities.values()) {
    const type = after.entities.get(old.name)
    if (type !== undefined && definitionOf(type) === definitionOf(old)) continue
    const [broken, doubled] = [new Tally(old.name), new Tally(old.name)]
    const uniques = type === undefined ? [] : newUniques(old, type)
    for await (const page of entitiesOf(old.name, t, store)) {
      if (type === undefined) broken.all(page)
      else for (const entity of page) broken.entity(entity, type.validate(entity.document))
      if (type !== undefined) await checkTargets(page, newRefs(old, type), store, broken)
      for (const attribute of uniques) doubled.unique(page, attribute, holders)
    }
    unreadable.push(...doubled.faults(), ...(type === undefined ? broken.faults() : []))
    if (type !== undefined) unwritable.push(...broken.faults())
  }
  return { unreadable, unwritable }
}

function definitionOf({ definition }: EntityType): string {
  return canonicalJson(definition)
}

async function* entitiesOf(type: string, t: T, store: Store): AsyncGenerator<readonly Entity[]> {
  for (let after: string | undefined; ;) {
    const ids = await store.entities.ids(type, t, { limit: entitiesAtOnce, ...(after === undefined ? {} : { after }) })
    if (ids.length === 0) return
    const heads = await store.entities.heads(ids)
    yield heads.flatMap(({ id, document }) => (document === null ? [] : [{ id, document }]))
    after = ids.at(-1)!
  }
}

function newUniques(old: EntityType, type: EntityType): readonly Attribute[] {
  return [...type.attributes.values()].filter(({ name, fullName, unique }) => {
    const was = old.attributes.get(name)
    return unique !== null && (was?.unique == null || was.fullName !== fullName)
  })
}

function newRefs(old: EntityType, type: EntityType): readonly Attribute[] {
  return [...type.attributes.values()].filter(attribute => {
    const was = old.attributes.get(attribute.name)
    if (attribute.type !== "ref" || was === undefined) return false
    const isWider = was.to.length === 0 || was.to.some(target => !attribute.to.includes(target))
    return was.type !== "ref" || (attribute.to.length > 0 && isWider)
  })
}

async function checkTargets(page: readonly Entity[], refs: readonly Attribute[], store: Store, tally: Tally) {
  for (const attribute of refs) {
    const targets = page.map(({ document }) => valuesOf(attribute, document).map(String))
    const heads = await store.entities.heads([...new Set(targets.flat())])
    const types = new Map(heads.map(({ id, type, document }) => [id, document === null ? null : type]))
    const isWrong = (id: string) => {
      const target = types.get(id) ?? null
      return target === null || (attribute.to.length > 0 && !attribute.to.includes(target))
    }
    const message = attribute.to.length === 0 ? "must point at an entity" : `must point at ${attribute.to.join(", ")}`
    page.forEach((entity, i) => {
      if (targets[i]!.some(isWrong)) tally.entity(entity, [{ path: `/${attribute.name}`, code: "ref", message }])
    })
  }
}

function valuesOf({ name, type }: Attribute, document: Document): readonly (string | number | boolean)[] {
  const said = document[name]
  const all: readonly (Json | undefined)[] = Array.isArray(said) ? said : [said]
  return all.map(one => lookedUpBy(type, one)).filter(one => one !== undefined)
}

/** Counts what is wrong with the entities of one type, and keeps some of them as examples. */
class Tally {
  readonly #type: string
  readonly #path: string
  readonly #found = new Map<string, Found>()

  constructor(type: string) {
    this.#type = type
    this.#path = at("/entities", type)
  }

  /** Entities of a type that is no more. */
  all(page: readonly Entity[]): void {
    const says = `There is no entity ${this.#type} any more`
    for (const { id } of page) this.#add({ path: this.#path, code: "removed", says }, id)
  }

  /** What is wrong with one entity; of a list it counts once. */
  entity({ id }: Entity, faults: readonly Fault[]): void {
    const own = new Map<string, Omit<Found, "count" | "of">>()
    for (const { path, code, message } of faults) {
      const [, attribute = ""] = path.split("/")
      const place = attribute === "" ? at(this.#path, "required") : `${at(this.#path, "attributes")}/${attribute}`
      const says = code === "unknown-attribute" ? message : `${this.#type}${attribute && `/${attribute}`} ${message}`
      own.set(`${place} ${code}`, { path: place, code, says })
    }
    for (const found of own.values()) this.#add(found, id)
  }

  /** Values that must be unique by now, and that somebody else has. */
  unique(page: readonly Entity[], attribute: Attribute, holders: Map<string, Map<string, string>>): void {
    const { name, fullName } = attribute
    const known = holders.get(fullName) ?? new Map<string, string>()
    holders.set(fullName, known)
    const path = at(at(this.#path, "attributes"), name)
    for (const { id, document } of page) {
      for (const value of valuesOf(attribute, document)) {
        const key = JSON.stringify(value)
        const other = known.get(key)
        if (other === undefined) known.set(key, id)
        else if (other !== id) {
          this.#add({ path, code: "unique", says: `${fullName} must be unique` }, `${id} and ${other} have ${key}`)
        }
      }
    }
  }

  faults(): readonly Fault[] {
    return [...this.#found.values()].map(({ path, code, says, count, of }) => {
      const examples = `${of.join(", ")}${count > of.length ? ", …" : ""}`
      const stored = count === 1 ? "1 stored entity is" : `${count} stored entities are`
      return { path, code, message: `${says}: ${stored} against it (${examples})` }
    })
  }

  #add(said: Omit<Found, "count" | "of">, example: string): void {
    const key = `${said.path} ${said.code}`
    const found = this.#found.get(key) ?? { ...said, count: 0, of: [] }
    this.#found.set(key, found)
    found.count++
    if (found.of.length < examplesMax) found.of.push(example)
  }
}
