// A pattern is run on what anybody sends, so it may not take longer than the text is long. A limit on its length keeps
// out what nobody can read; the rule below keeps out the shape that makes matching exponential most often.
const patternCharsMax = 500

/** What is wrong with a pattern, in a sentence; null: nothing is. */
export function patternFault(pattern: string): string | null {
  if (pattern.length > patternCharsMax) return `A pattern has at most ${patternCharsMax} characters`
  try {
    new RegExp(pattern, "u")
  } catch (error) {
    return `The pattern cannot be read: ${error instanceof Error ? error.message : String(error)}`
  }
  if (!repeatsARepetition(pattern)) return null
  return "The pattern repeats a group that is itself nothing but a repetition, such as (a+)+: matching it can take for ever"
}

/** Unanchored, as JSON Schema has it: anchor it yourself. */
export function compilePattern(pattern: string): RegExp {
  return new RegExp(pattern, "u")
}

/** Whether some group of which one alternative is a single repeated atom is repeated in turn. */
function repeatsARepetition(pattern: string): boolean {
  const groups: Group[] = [{ atoms: 0, repeated: false, loops: false }]
  for (const token of tokens(pattern)) {
    const group = groups.at(-1)!
    if (token === "(") groups.push({ atoms: 0, repeated: false, loops: false })
    else if (token === "|") endAlternative(group)
    else if (token === ")") {
      groups.pop()
      endAlternative(group)
      const outer = groups.at(-1)!
      outer.atoms++
      outer.last = group
    } else if (isEndless(token)) {
      if (group.last?.loops === true) return true
      group.repeated = true
    } else if (!isQuantifier(token)) {
      group.atoms++
      delete group.last
    }
  }
  return false
}

type Group = {
  /** How many atoms the alternative at hand has, and whether one of them is repeated without end. */
  atoms: number
  repeated: boolean
  /** Whether an alternative is a single atom, repeated without end. */
  loops: boolean
  /** The group that was the last atom, if it was one. */
  last?: Group
}

function endAlternative(group: Group): void {
  const inner = group.atoms === 1 && group.last?.loops === true
  if ((group.atoms === 1 && group.repeated) || inner) group.loops = true
  group.atoms = 0
  group.repeated = false
  delete group.last
}

function tokens(pattern: string): readonly string[] {
  return (
    pattern
      .match(
        /\\[pPu]\{[^}]*\}|\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!]|<[=!]|<\w+>))?|\{\d+(?:,\d*)?\}\??|[*+?]\??|[^]/gsu,
      )
      ?.map(token => (token.startsWith("(") ? "(" : token)) ?? []
  )
}

function isEndless(token: string): boolean {
  return /^(?:[*+]\??|\{\d+,\}\??)$/.test(token)
}

function isQuantifier(token: string): boolean {
  return /^(?:\?\??|\{\d+(?:,\d*)?\}\??)$/.test(token)
}
