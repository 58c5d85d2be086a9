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
    lookup: unique !== null || flag("index") || type === "ref" || (read.has(`${entity}/${name}`) && isScalar(type)),
    default: attribute["default"],
    definition: attribute.definition,
  }
}

// What is an object or a list has no row: a rule that asks whether it is there looks into the document.
function isScalar(type: Attribute["type"]): boolean {
  return type !== "json" && type !== "file"
}
