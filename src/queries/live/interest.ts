import { canonicalJson, type Json } from "../../kernel/json.ts"

/** A topic in the words of documents: entities by their ids, refs as ids. */
export type Subject = {
  readonly attributes: ReadonlySet<string> | "all"
  readonly narrowing:
    { readonly entities: readonly string[] } | { readonly attribute: string; readonly values: readonly Json[] } | null
}

/** What became of one entity: its id, which attributes differ, and the values it has, or had, by full names. */
export type Changed = {
  readonly id: string
  readonly attributes: ReadonlySet<string>
  readonly values: readonly (readonly [attribute: string, value: Json])[]
}

/**
 * Who is interested in which changes. A change finds them by what it is about, without looking at any of the others:
 * under the entity, under each value it has or had, under each attribute that differs.
 */
export class Interest<Watch> {
  readonly #watches = new Map<string, Map<Watch, (ReadonlySet<string> | "all")[]>>()
  readonly #placesOf = new Map<Watch, readonly string[]>()

  /** Says what a watch is interested in, in place of what was said before. */
  set(watch: Watch, subjects: readonly Subject[]): void {
    this.delete(watch)
    const places: string[] = []
    for (const subject of subjects) {
      for (const place of placesOf(subject)) {
        places.push(place)
        const here = this.#watches.get(place) ?? new Map<Watch, (ReadonlySet<string> | "all")[]>()
        this.#watches.set(place, here)
        here.set(watch, [...(here.get(watch) ?? []), subject.attributes])
      }
    }
    this.#placesOf.set(watch, places)
  }

  /** It is not interested in anything any more. */
  delete(watch: Watch): void {
    for (const place of this.#placesOf.get(watch) ?? []) {
      const here = this.#watches.get(place)
      here?.delete(watch)
      if (here?.size === 0) this.#watches.delete(place)
    }
    this.#placesOf.delete(watch)
  }

  /** Who is interested in a change. */
  in(changed: Changed): ReadonlySet<Watch> {
    const found = new Set<Watch>()
    const look = (place: string) => {
      for (const [watch, topics] of this.#watches.get(place) ?? []) {
        if (!found.has(watch) && topics.some(attributes => concerns(attributes, changed))) found.add(watch)
      }
    }
    look("*")
    look(`entity ${changed.id}`)
    for (const attribute of changed.attributes) look(`attribute ${attribute}`)
    for (const [attribute, value] of changed.values) look(`value ${attribute} ${canonicalJson(value)}`)
    return found
  }
}

function placesOf({ attributes, narrowing }: Subject): readonly string[] {
  if (narrowing === null) return attributes === "all" ? ["*"] : [...attributes].map(name => `attribute ${name}`)
  if ("entities" in narrowing) return narrowing.entities.map(id => `entity ${id}`)
  return narrowing.values.map(value => `value ${narrowing.attribute} ${canonicalJson(value)}`)
}

function concerns(attributes: ReadonlySet<string> | "all", changed: Changed): boolean {
  if (attributes === "all") return true
  for (const attribute of changed.attributes) if (attributes.has(attribute)) return true
  return false
}
