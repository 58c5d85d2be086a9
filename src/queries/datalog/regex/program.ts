import { unreachable } from "../../../kernel/refusal.ts"
import { Beyond, type Node } from "./parse.ts"

/** One step of a machine that is in many steps at once. */
export type Step =
  | { readonly kind: "set"; readonly has: (character: string) => boolean }
  | { readonly kind: "assertion"; readonly source: "^" | "$" | "\\b" | "\\B" }
  | { kind: "go"; to: number[] }
  | { readonly kind: "found" }

const stepsMax = 2_000

/** The steps of a pattern. */
export function programOf(node: Node): readonly Step[] {
  const steps: Step[] = []
  write(node, steps)
  steps.push({ kind: "found" })
  return steps
}

function write(node: Node, steps: Step[]): void {
  if (steps.length > stepsMax) throw new Beyond("so much repetition")
  switch (node.kind) {
    case "set":
      steps.push({ kind: "set", has: setOf(node.source) })
      return
    case "assertion":
      steps.push(node)
      return
    case "sequence":
      for (const item of node.items) write(item, steps)
      return
    case "choice":
      return writeChoice(node.items, steps)
    case "repeat":
      return writeRepeat(node, steps)
    default:
      return unreachable(node)
  }
}

function writeChoice(items: readonly Node[], steps: Step[]): void {
  const fork = go(steps)
  const ends = items.map(item => {
    fork.to.push(steps.length)
    write(item, steps)
    return go(steps)
  })
  for (const end of ends) end.to.push(steps.length)
}

function writeRepeat({ item, min, max }: Extract<Node, { kind: "repeat" }>, steps: Step[]): void {
  for (let i = 0; i < min; i++) write(item, steps)
  if (max === Number.POSITIVE_INFINITY) {
    const at = steps.length
    const fork = go(steps)
    fork.to.push(steps.length)
    write(item, steps)
    go(steps).to.push(at)
    fork.to.push(steps.length)
    return
  }
  const forks = []
  for (let i = min; i < max; i++) {
    const fork = go(steps)
    fork.to.push(steps.length)
    write(item, steps)
    forks.push(fork)
  }
  for (const fork of forks) fork.to.push(steps.length)
}

function go(steps: Step[]): { kind: "go"; to: number[] } {
  const step = { kind: "go" as const, to: [] as number[] }
  steps.push(step)
  return step
}

// Of a single character, the language itself may tell: that takes no longer than the set is long.
function setOf(source: string): (character: string) => boolean {
  const expression = new RegExp(`^${source}$`, "u")
  const known = new Map<string, boolean>()
  return character => {
    const before = known.get(character)
    if (before !== undefined) return before
    const has = expression.test(character)
    if (known.size < 1_000) known.set(character, has)
    return has
  }
}
