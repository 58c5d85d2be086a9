import type { Json } from "../kernel/json.ts"
import { unreachable } from "../kernel/refusal.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Attribute } from "../schema/types.ts"
import type { Node } from "./node.ts"
import { everything, type Field, type Onward } from "./pattern.ts"
import { resolveDerived, type DerivedWant } from "./resolve-derived.ts"
import type { View } from "./view.ts"

/** A place of an answer where other entities are to stand, or their ids. */
export type Slot = {
  readonly node: Node
  readonly field: Field
  readonly onward: Onward
  readonly single: boolean
} & ({ readonly kind: "forward"; readonly ids: readonly string[] } | { readonly kind: "reverse" })

type Want = { readonly node: Node; readonly field: Field; readonly attribute: Attribute }
type Rights = { readonly node: Node; readonly field: Field }

/** Fills in all that the nodes of one level tell of themselves, and says where others are to stand. */
export function* gather(view: View, level: readonly Node[]): Steps<readonly Slot[]> {
  const [wants, derived, slots, groups, permissions]: [Want[], DerivedWant[], Slot[], Rights[], Rights[]] = [
    [],
    [],
    [],
    [],
    [],
  ]
  for (const node of level) {
    for (const field of fieldsOf(view, node)) {
      const { source } = field
      switch (source.kind) {
        case "builtIn":
          if (source.name === "@groups") groups.push({ node, field })
          else if (source.name === "@permissions") permissions.push({ node, field })
          else node.out[field.as] = builtIn(node, source.name)
          break
        case "reverse":
          slots.push({ kind: "reverse", node, field, onward: field.onward, single: source.single })
          break
        case "attribute": {
          const meaning = source.meanings.get(node.entity.type)
          if (meaning?.kind === "derived") derived.push({ node, field, derived: meaning.derived })
          else if (meaning !== undefined) wants.push({ node, field, attribute: meaning.attribute })
          else tellAbsent(node, field)
          break
        }
        default:
          unreachable(source)
      }
    }
  }
  yield* tellRights(view, groups, permissions)
  const allowed = yield* allowedOf(view, wants)
  wants.forEach((want, i) => tell(want, allowed(i), slots))
  yield* resolveDerived(view, derived)
  return slots
}

function fieldsOf({ attributes }: View, { target, entity, out }: Node): readonly Field[] {
  const pattern = target.kind === "pattern" ? target : target.branches.get(entity.type)
  if (pattern === undefined) return []
  if (!pattern.all) return pattern.fields
  // What is said of an attribute by name counts for more than that all are wanted.
  if (!pattern.fields.some(({ source }) => source.kind === "builtIn" && source.name === "@id")) out["@id"] = entity.id
  const named = new Set(pattern.fields.map(({ source }) => sourceName(source, entity.type)))
  return [...attributes.all(entity.type).filter(field => !named.has(field.as)), ...pattern.fields]
}

function sourceName(source: Field["source"], type: string): string | null {
  const meaning = source.kind === "attribute" ? source.meanings.get(type) : undefined
  return meaning?.kind === "stored" ? meaning.attribute.name : null
}

function builtIn({ entity }: Node, name: "@id" | "@type" | "@t" | "@createdT"): Json {
  switch (name) {
    case "@id":
      return entity.id
    case "@type":
      return entity.type
    case "@t":
      return entity.fromT
    case "@createdT":
      return entity.createdT
    default:
      return unreachable(name)
  }
}

function* tellRights(view: View, groups: readonly Rights[], permissions: readonly Rights[]): Steps<void> {
  const keysOf = (rights: readonly Rights[]) => rights.map(({ node }) => node.entity.key)
  if (groups.length > 0) {
    const told = yield* view.rights.groups(keysOf(groups))
    groups.forEach(({ node, field }, i) => (node.out[field.as] = told[i]!))
  }
  if (permissions.length > 0) {
    const told = yield* view.rights.permissions(keysOf(permissions))
    permissions.forEach(({ node, field }, i) => (node.out[field.as] = told[i]!))
  }
}

function* allowedOf({ sight }: View, wants: readonly Want[]): Steps<(i: number) => boolean> {
  if (sight === null) return () => true
  const keys = new Map<string, EntityKey[]>()
  for (const { attribute, node } of wants) {
    if (!sight.guarded.has(attribute.fullName)) continue
    const of = keys.get(attribute.fullName)
    if (of === undefined) keys.set(attribute.fullName, [node.entity.key])
    else of.push(node.entity.key)
  }
  const refused = new Map<string, ReadonlySet<EntityKey>>()
  for (const [name, of] of keys) {
    const sees = yield* need(sight.sees(of, name))
    refused.set(name, new Set(of.filter((_, i) => sees[i] !== true)))
  }
  return i => refused.get(wants[i]!.attribute.fullName)?.has(wants[i]!.node.entity.key) !== true
}

function tell({ node, field, attribute }: Want, isAllowed: boolean, slots: Slot[]): void {
  const value = attribute.sensitive || !isAllowed ? undefined : node.document[attribute.name]
  const isAbsent = value === undefined || value === null
  // One that points at what is hidden has its default told with the others: so one that does not is told there as well.
  if (isAbsent && (attribute.type !== "ref" || field.otherwise === undefined)) return tellAbsent(node, field)
  if (attribute.type === "ref") {
    // What has no life of its own is told whole where nobody says how.
    const onward = field.onward ?? (attribute.component ? ({ kind: "join", target: everything } as const) : null)
    const ids = (isAbsent ? [] : Array.isArray(value) ? value : [value]) as readonly string[]
    slots.push({ kind: "forward", node, field, onward, single: !attribute.many, ids })
    return
  }
  const { offset, limit } = field
  node.out[field.as] = attribute.many && Array.isArray(value) ? value.slice(offset, offset + limit) : value!
}

/** Tells that there is no value: not at all, unless the query says what to tell then. */
export function tellAbsent(node: Node, field: Field): void {
  if (field.otherwise !== undefined) node.out[field.as] = field.otherwise
}
