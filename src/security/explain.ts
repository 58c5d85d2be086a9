import { need, type Steps } from "../kernel/steps.ts"
import type { EntityKey } from "../ports/facts.ts"
import type { Pred } from "../schema/grammar.ts"
import { helpful, obstacles, takes } from "./missing.ts"
import { Paths, type Passage } from "./paths.ts"
import type { Rights } from "./rights.ts"
import { surveyOf, type Survey } from "./survey.ts"

/** One step of a group. An id that whoever reads this may not see is null. */
export type ExplainedStep =
  /** It flowed along a reference; `group` is what it is called on the far side. */
  | {
      readonly attribute: string
      readonly direction: "forward" | "reverse"
      readonly from: string | null
      readonly to: string | null
      readonly group: string
    }
  /** It brought another group where it was. */
  | { readonly implied: true; readonly from: string | null; readonly to: string | null; readonly group: string }

/** Along which way a group came: which rule gave one to which entity, and each step from there. */
export type ExplainedPath = {
  readonly group: string
  readonly from: string | null
  readonly rule: { readonly group: string; readonly when: Pred }
  readonly steps: readonly ExplainedStep[]
}

/** Why somebody may or may not. */
export type Explanation = {
  readonly allowed: boolean
  readonly groups: readonly string[]
  readonly permissions: readonly string[]
  readonly paths: readonly ExplainedPath[]
  /** Where it is not allowed: what it would take, and what stood in the way, in sentences. */
  readonly missing: readonly string[]
}

/** What is explained, and to whom: they get no id that they may not read. Where nobody is said, to whose rights it is. */
export type Asked = { readonly permission?: string; readonly to?: Rights }

/** Explains somebody's rights on an entity: their groups, the way each of them came, and what is missing. */
export function* explain(
  rights: Rights,
  key: EntityKey,
  { permission = "read", to = rights }: Asked = {},
): Steps<Explanation> {
  const [allowed = false] = yield* rights.allows([key], permission)
  const [groups = []] = yield* rights.groups([key])
  const [permissions = []] = yield* rights.permissions([key])
  const answer = { allowed, groups, permissions }
  const place = yield* rights.lookAt(key)
  if (place === null) return { ...answer, paths: [], missing: allowed ? [] : ["There is no such entity"] }

  const { rules } = rights
  const { look } = place
  const survey = yield* surveyOf(rules, key, look)
  const found = new Paths(rules, survey, look)
  const told = yield* tellable(survey, to)
  const paths = groups.flatMap(name => {
    const path = found.path(key, rules.groups.indexOf(name))
    if (path === null) return []
    const rule = { group: rules.groups[path.rule.group]!, when: path.rule.when }
    const steps = path.passages.map(passage => stepOf(passage, rules.groups, told))
    return [{ group: name, from: told.shown(path.from), rule, steps }]
  })
  const missing = allowed ? [] : whatIsMissing()
  return { ...answer, paths, missing }

  function whatIsMissing(): readonly string[] {
    const type = look.types.of(key) ?? ""
    const help = helpful(rules, type, permission)
    return [...takes(rules, type, permission, groups), ...obstacles(survey, found, rules, help, told)]
  }
}

type Told = {
  readonly idOf: (key: EntityKey) => string
  readonly isShown: (key: EntityKey) => boolean
  /** The id, if it may be told. */
  readonly shown: (key: EntityKey) => string | null
}

function* tellable({ entities }: Survey, to: Rights): Steps<Told> {
  const keys = [...entities]
  const ids = yield* need(to.facts.ids(keys))
  const reads = yield* to.allows(keys, "read")
  const idOf = new Map(keys.map((key, i) => [key, ids[i]!]))
  const shown = new Set(keys.filter((_, i) => reads[i]))
  return {
    idOf: key => idOf.get(key)!,
    isShown: key => shown.has(key),
    shown: key => (shown.has(key) ? idOf.get(key)! : null),
  }
}

function stepOf({ edge, at, group: number }: Passage, groups: readonly string[], told: Told): ExplainedStep {
  const group = groups[number]!
  if (edge === null) return { implied: true, from: told.shown(at), to: told.shown(at), group }
  const { parent, child, rule } = edge
  return {
    attribute: rule.attribute.fullName,
    direction: rule.direction,
    from: told.shown(parent),
    to: told.shown(child),
    group,
  }
}
