import { enumKeys } from "./constraints.ts"
import type { ExpandedAttribute } from "./expand.ts"
import type { Attribute } from "./types.ts"

/** An attribute with everything filled in. `read`: the attributes that rules read, as `Entity/attr`. */
export function compileAttribute(attribute: ExpandedAttribute, read: ReadonlySet<string>): Attribute {
  const { name, fullName, entity, type, many, required } = attribute
  const unique = (attribute["unique"] as Attribute["unique"] | undefined) ?? null
  const flag = (key: string) => attribute[key] === true
  return {
    name,
    fullName,
    abstractName: fullName === `${entity}/${name}` ? null : fullName.slice(0, fullName.indexOf("/")),
    type,
    many,
    required,
    unique,
    index: flag("index"),
    fulltext: flag("fulltext"),
    component: flag("component"),
    sensitive: flag("sensitive"),
    noHistory: flag("noHistory"),
    to: attribute.to ?? [],
    keys: type === "enum" ? enumKeys(attribute) : [],
    propagates: attribute.propagate.length > 0,
    lookup: unique !== null || flag("index") || isLink(type) || (read.has(`${entity}/${name}`) && type !== "json"),
    default: attribute["default"],
    definition: attribute.definition,
  }
}

// Whoever has the entity, or the file, at hand asks who holds it. What is any JSON has no row: a rule that asks whether
// it is there looks into the document.
function isLink(type: Attribute["type"]): boolean {
  return type === "ref" || type === "file"
}
