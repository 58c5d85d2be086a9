import { limits } from "../kernel/limits.ts"

/** How long a client would like to wait for an answer, and what of its wish is granted. */
export type Patience = {
  readonly waitMs: number
  /** Whether it asked not to be told the outcome, even where there is one. */
  readonly leaves: boolean
  /** What is said in `Preference-Applied`; null: it asked for nothing that is known here. */
  readonly applied: string | null
}

const usual: Patience = { waitMs: limits.waitSecondsMax * 1_000, leaves: false, applied: null }

/** Reads the `Prefer` header (RFC 7240): `wait=N`, `respond-async`, or both; anything else in it is ignored. */
export function patienceOf(prefer: string | undefined): Patience {
  if (prefer === undefined) return usual
  const wishes = preferences(prefer)
  const wait = wishes.get("wait")
  const seconds = wait !== undefined && /^\d{1,9}$/.test(wait) ? Math.min(Number(wait), limits.waitSecondsMax) : null
  const leaves = wishes.has("respond-async")
  if (seconds === null && !leaves) return usual
  const applied = [...(leaves ? ["respond-async"] : []), ...(seconds === null ? [] : [`wait=${seconds}`])].join(", ")
  return { waitMs: (seconds ?? 0) * 1_000, leaves: leaves && seconds === null, applied }
}

/** The preferences of a header by their names. Of two with one name the first counts. */
function preferences(header: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const wish of split(header, ",")) {
    const [said = ""] = split(wish, ";")
    const [name = "", value = ""] = split(said, "=")
    const key = name.trim().toLowerCase()
    if (key !== "" && !found.has(key)) found.set(key, unquoted(value.trim()))
  }
  return found
}

/** The parts of a text between marks that stand outside of quotes. One pass: a header may be hostile. */
function split(text: string, mark: string): string[] {
  const parts: string[] = []
  let from = 0
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const at = text.charAt(i)
    if (at === '"') quoted = !quoted
    else if (at === "\\" && quoted) i++
    else if (at === mark && !quoted) {
      parts.push(text.slice(from, i))
      from = i + 1
    }
  }
  parts.push(text.slice(from))
  return parts
}

function unquoted(value: string): string {
  return value.startsWith('"') && value.endsWith('"') && value.length > 1 ? value.slice(1, -1) : value
}
