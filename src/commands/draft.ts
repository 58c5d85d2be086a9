import type { Document } from "../kernel/entity.ts"
import type { Ids } from "../kernel/ids.ts"
import { sameJson, type Json } from "../kernel/json.ts"
import type { Command } from "../kernel/message.ts"
import type { Fault } from "../kernel/refusal.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { Attribute, EntityType } from "../schema/types.ts"
import type { LiveHead } from "./heads.ts"
import { unknownFile } from "./new-files.ts"
import { fault, faulty, missing, readNaming } from "./ops.ts"
import type { Deciding, Workspace } from "./workspace.ts"

/** An entity in a draft: as it is in the store, and as the ops so far make it. */
export type Drafted = {
  readonly head: LiveHead
  type: string
  document: Document | null
  /** Where in the command the last op about it says what it is. */
  place: string
  /** Where in the command an attribute was set last. */
  readonly places: Map<string, string>
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
  readonly #command: Command
  readonly #workspace: Workspace
  readonly #ids: Ids
  readonly #drafted = new Map<string, Drafted>()
  readonly #temps = new Map<string, string>()

  constructor(command: Command, workspace: Workspace, schema: CompiledSchema, ids: Ids) {
    this.#command = command
    this.#workspace = workspace
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

  touched(): Iterable<Drafted> {
    return this.#drafted.values()
  }

  refuseFaults(): void {
    if (this.faults.length > 0) throw faulty(this.faults)
  }

  /** The entity with an id, as the ops so far make it. */
  *entity(id: string): Deciding<Drafted> {
    const known = this.#drafted.get(id)
    if (known !== undefined) return known
    yield { heads: [id] }
    const head = this.#workspace.head(id)
    const { type, document } = head
    const drafted: Drafted = { head, type, document, place: "/data/ops", places: new Map() }
    this.#drafted.set(id, drafted)
    return drafted
  }

  /** The file that an id alone stands for; undefined, with a fault, if it was not uploaded. */
  *file(id: string, path: string): Deciding<Json | undefined> {
    yield { files: [id] }
    const known = this.#workspace.file(id)
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
    const coerced = type?.coerce(attribute.name, read.value)
    if (coerced === undefined || "fault" in coerced || coerced.value === null) {
      this.faults.push(fault(path, "lookup", `is no value that ${attribute.fullName} can have`))
      return null
    }
    const holders = yield* this.holders(attribute, coerced.value)
    const [found] = holders
    if (found === undefined) throw missing(path, `There is nothing with that ${attribute.fullName} at ${path}`)
    return found
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
    const stored = [...this.#workspace.holders(attribute.fullName, value)].filter(id => !this.#drafted.has(id))
    const drafted = [...this.#drafted].filter(([, { type, document }]) => this.#has(type, document, attribute, value))
    return [...stored, ...drafted.map(([id]) => id)]
  }

  #has(type: string, document: Document | null, attribute: Attribute, value: Json): boolean {
    if (this.schema.entities.get(type)?.attributes.get(attribute.name)?.fullName !== attribute.fullName) return false
    const held = document?.[attribute.name]
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
