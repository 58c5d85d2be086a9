import type { Fault } from "../kernel/refusal.ts"

/** Gathers everything that is wrong with one input, each with its place. */
export class Faults {
  readonly found: Fault[] = []

  add(path: string, code: string, message: string): void {
    this.found.push({ path, code, message })
  }

  /** A name that stands for nothing. The sentence says what would. */
  unknown(path: string, noun: string, name: unknown, known: Iterable<string>, owner?: string): void {
    this.add(path, `unknown-${noun.replaceAll(" ", "-")}`, unknownSentence(noun, name, known, owner))
  }
}

/** That there is no such thing, and which there are. */
export function unknownSentence(noun: string, name: unknown, known: Iterable<string>, owner?: string): string {
  const whose = owner === undefined ? "" : ` of ${owner}`
  return `There is no ${noun} ${JSON.stringify(name)}${whose}; known are ${listed([...known])}`
}

// A schema of hundreds of entities still gets a sentence that fits on a screen.
const listedMax = 30

function listed(names: readonly string[]): string {
  if (names.length === 0) return "none"
  const rest = names.length - listedMax
  return rest > 0 ? `${names.slice(0, listedMax).join(", ")} and ${rest} more` : names.join(", ")
}

/** The path of a member: JSON Pointer, with the two characters escaped that mean something in it. */
export function at(path: string, key: string | number): string {
  return `${path}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`
}
