import type { Document } from "../kernel/entity.ts"
import type { Ids } from "../kernel/ids.ts"
import { sameJson, type Json } from "../kernel/json.ts"
import type { Command } from "../kernel/message.ts"
import { Refusal, type Fault } from "../kernel/refusal.ts"
import { instanceType } from "../kernel/workflow.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { Attribute, EntityType } from "../schema/types.ts"
import type { LiveHead } from "./heads.ts"
import { unknownFile } from "./new-files.ts"
import { fault, faulty, missing, readNaming } from "./ops.ts"
import type { Deciding } from "./deciding.ts"
import type { Sight } from "./sight.ts"

/** An entity in a draft: as it is in the store, and as the ops so far make it. */
export type Drafted = {
  readonly head: LiveHead
  type: string
  document: Document | null
  /** Where in the command the last op about it says what it is. */
  place: string
  /** Where in the command an attribute was set last, by an op or with a retraction. */
  readonly places: Map<string, string>
  /** Where an op names it. Null: none does, it goes or loses a reference with another one. */
  namedAt: string | null
  /** The attributes that ops change, whatever comes of it, and where they say so last. */
  readonly asked: Map<string, string>
  /** The attributes whose values ops compare, and where. */
  readonly compared: Map<string, string>
  /** Where it is retracted, itself or with what it is a part of; null: it is not. */
  retractedAt: string | null
}

/** Notes where an op changes an attribute. */
export function noteAsked({ places, asked }: Drafted, attribute: string, path: string): void {
  places.set(attribute, path)
  asked.set(attribute, path)
}

/** The place in the command that a fault of a drafted document comes from. `path` is the fault's, in the document. */
export function placeOf({ place, places }: Drafted, path: string): string {
  const [, name = "", ...rest] = path.split("/")
  const known = places.get(name)
  return known === undefined ? place + path : [known, ...rest].join("/")
}

/** The entities that a `Transact` touches, as its ops change them one after the other. */
export class Draft {
  readonly schema: CompiledSchema
  readonly faults: Fault[] = []
  /** What was not as an op expected it. */
  readonly conflicts: Refusal[] = []
  readonly #command: Command
  readonly #sight: Sight
  readonly #ids: Ids
  readonly #drafted = new Map<string, Drafted>()
  // What must change with a retraction though who asks may not see it. For them it is not there, whatever they name.
  readonly #unseen = new Map<string, Drafted>()
  // Both, in a list: that is gone through for each value that is looked up.
  readonly #all: Drafted[] = []
  readonly #temps = new Map<string, string>()

  constructor(command: Command, sight: Sight, schema: CompiledSchema, ids: Ids) {
    this.#command = command
    this.#sight = sight
    this.schema = schema
    this.#ids = ids
  }

  /** The id that a `~name` stands for: the same each time this command is run. */
  readonly tempId = (name: string): string => {
    const known = this.#temps.get(name)
    if (known !== undefined) return known
    const id = this.#ids.of(this.#command.id, name)
    this.#temps.set(name, id)
    return id
  }

  /** The names that the sender chose, with their ids. A name that is a path was made up for a nested op. */
  tempIds(): Readonly<Record<string, string>> {
    return Object.fromEntries([...this.#temps].filter(([name]) => !name.startsWith("~/")))
  }

  /** Everything that ops name, and what changes with it. */
  touched(): readonly Drafted[] {
    return this.#unseen.size === 0 ? [...this.#drafted.values()] : [...this.#drafted.values(), ...this.#unseen.values()]
  }

  /** Whether an id is one that this transaction made up. */
  isTemp(id: string): boolean {
    return [...this.#temps.values()].includes(id)
  }

  refuseFaults(): void {
    if (this.faults.length > 0) throw faulty(this.faults)
    const [conflict] = this.conflicts
    if (conflict !== undefined) throw conflict
  }

  /** The entity with an id, as the ops so far make it, and as who asks may see it. */
  *entity(id: string): Deciding<Drafted> {
    const known = this.#drafted.get(id)
    if (known !== undefined) return known
    yield { heads: [id] }
    const drafted = draftOf(this.#sight.head(id))
    this.#drafted.set(id, drafted)
    this.#all.push(drafted)
    return drafted
  }

  /** The entity with an id as it is, whether who asks may see it or not: what goes, or loses a reference, with another. */
  *anyEntity(id: string): Deciding<Drafted> {
    yield { heads: [id] }
    if (!this.#sight.isHidden(id)) return yield* this.entity(id)
    const known = this.#unseen.get(id)
    if (known !== undefined) return known
    const drafted = draftOf(this.#sight.wholeHead(id))
    this.#unseen.set(id, drafted)
    this.#all.push(drafted)
    return drafted
  }

  /** The file that an id alone stands for; undefined, with a fault, if it was not uploaded. */
  *file(id: string, path: string): Deciding<Json | undefined> {
    yield { files: [id] }
    const known = this.#sight.file(id)
    if (known === null) {
      this.faults.push(unknownFile(id, path))
      return undefined
    }
    const { state: _state, ...value } = known
    return value
  }

  /** The id that a naming stands for; null, with a fault, if it stands for none. */
  *resolve(naming: Json, entity: string | null, path: string): Deciding<string | null> {
    const read = readNaming(naming, path, this.tempId, this.faults)
    if (read === null || read.kind === "id") return read?.id ?? null
    const attribute = this.#identity(read.attribute, entity, path)
    if (attribute === null) return null
    const type = this.schema.entities.get(attribute.entity)
    // What a reference leads to may be named in any way, as everywhere.
    const isRef = attribute.type === "ref"
    const value = isRef ? yield* this.#target(read.value, attribute, path) : read.value
    if (value === null && isRef) return null
    const coerced = type?.coerce(attribute.name, value)
    if (coerced === undefined || "fault" in coerced || coerced.value === null) {
      this.faults.push(fault(path, "lookup", `is no value that ${attribute.fullName} can have`))
      return null
    }
    const holders = yield* this.holders(attribute, coerced.value)
    const [found] = yield* this.#seen(holders, attribute, coerced.value)
    if (found === undefined) throw missing(path, `There is nothing with that ${attribute.fullName} at ${path}`)
    return found
  }

  *#target(naming: Json, { to, fullName }: Attribute, path: string): Deciding<string | null> {
    const id = yield* this.resolve(naming, to.length === 1 ? to[0]! : null, path)
    if (id === null) return null
    const [seen] = yield* this.seenTargets(id)
    if (seen === undefined) throw missing(path, `There is nothing with that ${fullName} at ${path}`)
    return seen
  }

  #identity(name: string, entity: string | null, path: string): (Attribute & { entity: string }) | null {
    const within = entity === null ? undefined : this.schema.entities.get(entity)
    const attribute = within?.attributes.get(name) ?? this.schema.attribute(name)
    if (attribute?.unique !== "identity") {
      this.faults.push(fault(path, "lookup", `${name} is no identity attribute`))
      return null
    }
    const owner = [...this.schema.entities.values()].find(
      e => e.attributes.get(attribute.name)?.fullName === attribute.fullName,
    )
    return { ...attribute, entity: owner?.name ?? "" }
  }

  /** Who has a value of an attribute, with what the ops so far have changed. */
  *holders(attribute: Attribute, value: Json): Deciding<readonly string[]> {
    if (typeof value !== "string" && typeof value !== "number" && typeof value !== "boolean") return []
    yield { holders: [[attribute.fullName, value]] }
    const stored = this.#sight.holders(attribute.fullName, value)
    const isDrafted = (id: string) => (this.#sight.isHidden(id) ? this.#unseen : this.#drafted).has(id)
    const holders = [...stored].filter(id => !isDrafted(id))
    for (const { head, type, document } of this.#all) {
      if (document === null) continue
      const isHolder = document === head.document ? stored.has(head.id) : this.#has(type, document, attribute, value)
      if (isHolder) holders.push(head.id)
    }
    return holders
  }

  /** Those of the holders of a value of which who asks may know that they have it. */
  *#seen(ids: readonly string[], attribute: Attribute, value: Json): Deciding<readonly string[]> {
    const { name, fullName } = attribute
    const { judge } = this.#sight
    if (judge === null || ids.length === 0) return ids
    yield { heads: ids }
    const visible = ids.filter(id => {
      const drafted = this.#drafted.get(id)
      // An op may name what is hidden as if it were new: then it has what the ops say, and nothing that it had before.
      const isSaid = drafted !== undefined && this.#has(drafted.type, drafted.document, attribute, value)
      return isSaid || !this.#sight.isHidden(id)
    })
    const doubtful = visible.filter(id => {
      const drafted = this.#drafted.get(id)
      return drafted === undefined || (drafted.head.document !== null && !drafted.asked.has(name))
    })
    const answers = yield* judge.before(doubtful.map(id => ({ id, permission: "read", attribute: fullName })))
    const unread = new Set(doubtful.filter((_, i) => !answers[i]))
    return visible.filter(id => !unread.has(id))
  }

  /** Those of the targets of a reference that who asks may see. */
  *seenTargets(held: Json | undefined): Deciding<readonly string[]> {
    const ids = (Array.isArray(held) ? held : [held]).filter((id): id is string => typeof id === "string")
    if (this.#sight.judge === null || ids.length === 0) return ids
    yield { heads: ids }
    return ids.filter(id => !this.#sight.isHidden(id) || this.#drafted.has(id))
  }

  #has(type: string, document: Document | null, attribute: Attribute, value: Json): boolean {
    if (document === null) return false
    if (this.schema.entities.get(type)?.attributes.get(attribute.name)?.fullName !== attribute.fullName) return false
    const held = document[attribute.name]
    return Array.isArray(held) ? held.some(v => sameJson(v, value)) : held !== undefined && sameJson(held, value)
  }

  /** An attribute of an entity type, by its short or full name; null, with a fault, if there is none. */
  attribute(type: EntityType, name: string, path: string): Attribute | null {
    const short = name.slice(name.lastIndexOf("/") + 1)
    const attribute = type.attributes.get(short)
    if (
      attribute !== undefined &&
      [short, attribute.fullName, `${attribute.abstractName}/${short}`, `${type.name}/${short}`].includes(name)
    ) {
      return attribute
    }
    const known = [...type.attributes.keys()].join(", ")
    this.faults.push(fault(path, "unknown-attribute", `${type.name} has no attribute ${name}; it has ${known}`))
    return null
  }
}

function draftOf(head: LiveHead): Drafted {
  const { type, document } = head
  if (type === instanceType)
    throw new Refusal("invalid", `${head.id} is the instance of a command, which only its own steps change`, {
      id: head.id,
    })
  const notes = { places: new Map(), asked: new Map(), compared: new Map() } as const
  return { head, type, document, place: "/data/ops", namedAt: null, retractedAt: null, ...notes }
}
