/** The way to a member that a text names twice; null: there is none. The text is JSON, and `json` is what it says. */
export function memberNamedTwice(text: string, json: unknown): readonly string[] | null {
  // A parser keeps the last one and says nothing. Fewer members than colons behind a quote: one is gone, or a text has some.
  return coloned(text) === members(json) ? null : firstTwice(text)
}

function coloned(text: string): number {
  let count = 0
  for (const _ of text.matchAll(/"\s*:/g)) count++
  return count
}

// With a list and not by calling itself: whoever sends it decides how deep it is.
function members(json: unknown): number {
  let count = 0
  const left = [json]
  while (left.length > 0) {
    const value = left.pop()
    if (typeof value !== "object" || value === null) continue
    const inside: readonly unknown[] = Object.values(value)
    if (!Array.isArray(value)) count += inside.length
    for (const each of inside) if (typeof each === "object" && each !== null) left.push(each)
  }
  return count
}

type Open = { readonly names: Set<string> | null; at: string | number }

function firstTwice(text: string): readonly string[] | null {
  const open: Open[] = []
  let isName = false
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],]/g)) {
    const innermost = open.at(-1)
    if (token === "{" || token === "[") {
      open.push({ names: token === "{" ? new Set() : null, at: 0 })
      isName = token === "{"
    } else if (token === "}" || token === "]") {
      open.pop()
    } else if (token === ",") {
      isName = innermost?.names != null
      if (typeof innermost?.at === "number") innermost.at++
    } else if (isName && innermost?.names != null) {
      const name = JSON.parse(token) as string
      innermost.at = name
      if (innermost.names.has(name)) return open.map(({ at }) => `${at}`)
      innermost.names.add(name)
      isName = false
    }
  }
  return null
}
