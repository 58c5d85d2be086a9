import type { DerivedFrom } from "../kernel/derived.ts"
import { canonicalJson, type Json } from "../kernel/json.ts"
import { Refusal } from "../kernel/refusal.ts"
import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Attribute } from "../schema/types.ts"
import type { CompiledDerived } from "./derived.ts"
import { membersOf } from "./members.ts"
import { pathOf, type Node } from "./node.ts"
import type { Field } from "./pattern.ts"
import type { View } from "./view.ts"

/** A derived attribute that is wanted of a node. */
export type DerivedWant = { readonly node: Node; readonly field: Field; readonly derived: CompiledDerived }

type Answered = { readonly values: readonly (Json | undefined)[] } | { readonly error: unknown }

/** Resolves what is derived: each attribute once for all nodes of a level that want it with the same parameters, side by side. */
export function* resolveDerived(view: View, wants: readonly DerivedWant[]): Steps<void> {
  if (wants.length === 0) return
  const groups = new Map<string, DerivedWant[]>()
  for (const want of wants) {
    const key = `${want.derived.fullName} ${canonicalJson(want.field.params)}`
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [want])
    else group.push(want)
  }
  const visible: (readonly DerivedWant[])[] = []
  for (const group of groups.values()) visible.push(yield* visibleOf(view, group))
  const batches = visible.filter(group => group.length > 0)
  const answers = yield* need(Promise.all(batches.map(group => ask(view, group))))
  batches.forEach((group, i) => tell(view, group, answers[i]!))
}

// What is derived is seen by who sees all that it is derived from.
function* visibleOf({ sight }: View, group: readonly DerivedWant[]): Steps<readonly DerivedWant[]> {
  if (sight === null) return group
  const hidden = new Set<EntityKey>()
  const guarded = new Map<string, EntityKey[]>()
  for (const { node, derived } of group) {
    for (const { fullName } of needsOf(derived, node)) {
      if (sight.guarded.has(fullName)) guarded.set(fullName, [...(guarded.get(fullName) ?? []), node.entity.key])
    }
  }
  for (const [name, keys] of guarded) {
    const sees = yield* need(sight.sees(keys, name))
    keys.forEach((key, i) => sees[i] === true || hidden.add(key))
  }
  return group.filter(({ node }) => !hidden.has(node.entity.key))
}

function needsOf(derived: CompiledDerived, node: Node): readonly Attribute[] {
  return derived.needs.get(node.entity.type) ?? []
}

async function ask({ derived: runner, budget, moment }: View, group: readonly DerivedWant[]): Promise<Answered> {
  const [{ derived, field }] = group as [DerivedWant]
  const ms = Math.min(derived.timeoutMs, budget.leftMs)
  const { signal, abort } = runner.aborting()
  const late = Promise.withResolvers<Answered>()
  const cancel = runner.clock.after(ms, () => {
    const error = new Error(`It did not answer within ${ms} ms`)
    late.resolve({ error })
    abort(error)
  })
  const work = async (): Promise<Answered> => {
    const entities = group.map(({ node }) => derivedFrom(derived, node))
    const values = await derived.run({ ...runner.adapters, entities, params: field.params, t: moment.t, signal })
    if (Array.isArray(values) && values.length === group.length) return { values: values as (Json | undefined)[] }
    return { error: new Error(`It answered not with one value for each of ${group.length} entities`) }
  }
  const done = work().catch((error: unknown): Answered => ({ error }))
  return Promise.race([done, late.promise]).finally(cancel)
}

function derivedFrom(derived: CompiledDerived, { entity, document }: Node): DerivedFrom {
  const attributes = needsOf(derived, { entity } as Node).map(({ name }) => [name, document[name]] as const)
  return { id: entity.id, type: entity.type, attributes: Object.fromEntries(attributes) }
}

function tell(view: View, group: readonly DerivedWant[], answered: Answered): void {
  if ("values" in answered) {
    group.forEach(({ node, field }, i) => {
      const value = answered.values[i] ?? field.otherwise
      if (value === undefined) return
      node.out[field.as] = field.onward?.kind === "members" ? membersOf(value, field.onward.members) : value
    })
    return
  }
  const [{ derived }] = group as [DerivedWant]
  const message = answered.error instanceof Error ? answered.error.message : String(answered.error)
  if (derived.onError === "fail") {
    if (answered.error instanceof Refusal) throw answered.error
    throw new Refusal("unavailable", `${derived.fullName} could not be had: ${message}`, { source: derived.fullName })
  }
  for (const { node, field } of group) {
    node.out[field.as] = null
    view.errors.push({ path: `${pathOf(node)}/${field.as}`, source: derived.fullName, message })
  }
}
