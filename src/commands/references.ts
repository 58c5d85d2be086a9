import type { Document } from "../kernel/entity.ts"
import type { CompiledSchema } from "../schema/compile.ts"
import type { Attribute } from "../schema/types.ts"

/** The attributes that may point at an entity of a type. */
export function referencesTo(type: string, schema: CompiledSchema): readonly Attribute[] {
  const found = new Map<string, Attribute>()
  for (const entity of schema.entities.values()) {
    for (const attribute of entity.attributes.values()) {
      const fits = attribute.to.length === 0 || attribute.to.includes(type)
      if (attribute.type === "ref" && fits) found.set(attribute.fullName, attribute)
    }
  }
  return [...found.values()]
}

/** A document that does not point at an entity any more; null: it did not. */
export function withoutReference(document: Document | null, attribute: string, id: string): Document | null {
  if (document === null) return null
  const { [attribute]: pointed, ...rest } = document
  if (pointed === id) return rest
  if (!Array.isArray(pointed) || !pointed.includes(id)) return null
  const left = pointed.filter(target => target !== id)
  return left.length === 0 ? rest : { ...rest, [attribute]: left }
}
