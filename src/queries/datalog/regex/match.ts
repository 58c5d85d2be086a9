import { Beyond, parsePattern } from "./parse.ts"
import { programOf, type Step } from "./program.ts"

/** Whether a pattern occurs in a text. */
export type Matcher = (text: string) => boolean

const patternCharsMax = 500

/**
 * A matcher for a pattern as JavaScript writes them, or a sentence that says why there is none. It takes time in
 * proportion to the text, whatever the pattern: it is run on what anybody may send.
 */
export function matcherOf(pattern: string): Matcher | string {
  if (pattern.length > patternCharsMax) return `A pattern has at most ${patternCharsMax} characters`
  try {
    new RegExp(pattern, "u")
  } catch (error) {
    return `The pattern cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
  try {
    const program = programOf(parsePattern(pattern))
    return text => run(program, text)
  } catch (error) {
    if (error instanceof Beyond) return `A pattern here does without ${error.message}`
    throw error
  }
}

function run(program: readonly Step[], text: string): boolean {
  const characters = Array.from(text)
  let active: number[] = []
  const marks = new Uint32Array(program.length)
  for (let i = 0; i <= characters.length; i++) {
    const [before, after] = [characters[i - 1], characters[i]]
    const at: number[] = []
    // A match may begin anywhere.
    active.push(0)
    for (let step = active.pop(); step !== undefined; step = active.pop()) {
      if (marks[step] === i + 1) continue
      marks[step] = i + 1
      const one = program[step]!
      if (one.kind === "found") return true
      if (one.kind === "go") active.push(...one.to)
      else if (one.kind === "set") at.push(step)
      else if (holds(one.source, before, after)) active.push(step + 1)
    }
    if (after === undefined) return false
    active = at.filter(step => isIn(program[step]!, after)).map(step => step + 1)
  }
  return false
}

function isIn(step: Step, character: string): boolean {
  return step.kind === "set" && step.has(character)
}

function holds(source: "^" | "$" | "\\b" | "\\B", before: string | undefined, after: string | undefined): boolean {
  if (source === "^") return before === undefined
  if (source === "$") return after === undefined
  return (isWord(before) !== isWord(after)) === (source === "\\b")
}

function isWord(character: string | undefined): boolean {
  return character !== undefined && /^\w$/.test(character)
}
