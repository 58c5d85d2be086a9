import type { Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Condition } from "./condition.ts"
import { holding } from "./evaluate.ts"
import { asKey, factsOf, type Look } from "./look.ts"
import type { EdgeRule, EdgeRules, Rules } from "./rules.ts"

/** A way for groups, from one entity to another, by one rule. Whether its condition holds is another question. */
export type Edge = { readonly parent: EntityKey; readonly child: EntityKey; readonly rule: EdgeRule }

/** All edges that lead to some entities, whose types are known. Those of the parents are known afterwards. */
export function edgesTo(rules: Rules, children: readonly EntityKey[], look: Look): Steps<readonly Edge[]> {
  return edgesAt("child", rules, children, look)
}

/** All edges that lead away from some entities, whose types are known. Those of the children are known afterwards. */
export function edgesFrom(rules: Rules, parents: readonly EntityKey[], look: Look): Steps<readonly Edge[]> {
  return edgesAt("parent", rules, parents, look)
}

type Link = { readonly holder: EntityKey; readonly target: EntityKey; readonly rules: EdgeRules["forward"] }

function* edgesAt(
  end: "parent" | "child",
  rules: Rules,
  keys: readonly EntityKey[],
  look: Look,
): Steps<readonly Edge[]> {
  const links: Link[] = []
  for (const edges of rules.edges) {
    // Forward, the holder is the parent; so at the parents' end, what is forward is asked of holders.
    const [ofHolders, ofTargets] = end === "parent" ? [edges.forward, edges.reverse] : [edges.reverse, edges.forward]
    yield* linksAtHolders(edges, ofHolders, keys, look, links)
    yield* linksAtTargets(edges, ofTargets, keys, look, links)
  }
  yield* look.types.learn(
    links.flatMap(({ holder, target }) => [holder, target]),
    look,
  )
  return links.flatMap(({ holder, target, rules: byHolder }) => {
    if (look.types.of(target) === null) return []
    return (byHolder.get(look.types.of(holder) ?? "") ?? []).map(rule => edgeOf(rule, holder, target))
  })
}

function* linksAtHolders(
  edges: EdgeRules,
  rules: EdgeRules["forward"],
  keys: readonly EntityKey[],
  look: Look,
  links: Link[],
): Steps<void> {
  if (rules.size === 0) return
  const holders = keys.filter(key => rules.has(look.types.of(key) ?? ""))
  for (const [holder, value] of yield* factsOf(look, edges.attribute, { entities: holders })) {
    const target = asKey(value)
    noteIfOnly(edges.targets, target, look)
    links.push({ holder, target, rules })
  }
}

function* linksAtTargets(
  edges: EdgeRules,
  rules: EdgeRules["forward"],
  keys: readonly EntityKey[],
  look: Look,
  links: Link[],
): Steps<void> {
  if (rules.size === 0) return
  const { targets, attribute } = edges
  const pointedAt = targets === null ? keys : keys.filter(key => targets.has(look.types.of(key) ?? ""))
  for (const [holder, value] of yield* factsOf(look, attribute, { values: pointedAt })) {
    noteIfOnly(edges.holders, holder, look)
    links.push({ holder, target: asKey(value), rules })
  }
}

// A ref points at what is there, and at what its schema allows: where that is one type, there is nothing to ask.
function noteIfOnly(types: ReadonlySet<string> | null, key: EntityKey, look: Look): void {
  if (types?.size === 1 && look.types.of(key) === null) for (const type of types) look.types.note(key, type)
}

function edgeOf(rule: EdgeRule, holder: EntityKey, target: EntityKey): Edge {
  const [parent, child] = rule.direction === "forward" ? [holder, target] : [target, holder]
  return { parent, child, rule }
}

/** Those edges whose conditions hold. */
export function* openEdges(edges: readonly Edge[], look: Look): Steps<readonly Edge[]> {
  const guarded = new Map<Condition, Edge[]>()
  const open: Edge[] = []
  for (const edge of edges) {
    const { condition } = edge.rule
    if (condition.kind === "constant") {
      if (condition.holds) open.push(edge)
      continue
    }
    const same = guarded.get(condition)
    if (same === undefined) guarded.set(condition, [edge])
    else same.push(edge)
  }
  for (const [condition, some] of guarded) {
    const cases = { $parent: some.map(edge => edge.parent), $child: some.map(edge => edge.child) }
    const held = yield* holding(
      condition,
      cases,
      some.map((_, place) => place),
      look,
    )
    for (const place of held) open.push(some[place]!)
  }
  return open
}
