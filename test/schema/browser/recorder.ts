import * as fc from "fast-check"

// Stands in for the test runner in a bundle of tests: what each expectation is about is written down instead of judged.
// The same bundle says it in Node and on a page; that it is right is what the tests themselves prove.

fc.configureGlobal({ seed: 7, numRuns: 10 })

type Work = (...args: unknown[]) => unknown

/** What a test had to say, and about what: where, by which expectation, what was found. */
export type Said = readonly [title: string, matcher: string, found: string]

const tests: { readonly title: string; readonly work: () => unknown }[] = []
const path: string[] = []
let said: Said[] = []
let running = ""

/** Runs all tests that were collected, in their order. */
export async function recorded(): Promise<readonly Said[]> {
  said = []
  for (const { title, work } of tests) {
    running = title
    try {
      await work()
    } catch (error) {
      said.push([title, "threw", told(error)])
    }
  }
  return said
}

function collect(title: string, work: () => unknown): void {
  tests.push({ title: [...path, title].join(" "), work })
}

export const test = Object.assign(collect, {
  each: (cases: readonly unknown[]) => (title: string, work: Work) =>
    cases.forEach((one, i) =>
      collect(`${title} #${i}`, () => work(...(Array.isArray(one) ? (one as unknown[]) : [one]))),
    ),
})

export function describe(title: string, work: () => void): void {
  path.push(title)
  work()
  path.pop()
}

/** Any expectation, about what was found. Bounds are about time, which is never the same twice. */
export const expect = Object.assign((found: unknown) => matchers("", found), {
  stringContaining: nothing,
  objectContaining: nothing,
})

function nothing(): void {}

function matchers(before: string, found: unknown): unknown {
  return new Proxy(() => undefined, {
    get: (_target, name) => (name === "then" ? undefined : matchers(`${before}.${String(name)}`, found)),
    apply() {
      if (!before.endsWith("Than"))
        said.push([running, before, told(before.endsWith(".toThrow") ? thrown(found) : found)])
    },
  })
}

/** About types alone: there is nothing to find out. */
export function expectTypeOf(): unknown {
  const nothing: unknown = new Proxy(() => undefined, { get: () => nothing, apply: () => nothing })
  return nothing
}

function thrown(work: unknown): unknown {
  try {
    return (work as Work)()
  } catch (error) {
    return error
  }
}

function told(found: unknown): string {
  return (
    JSON.stringify(found, (_key, value: unknown) => {
      if (value instanceof Error) return Object.assign({}, value, { name: value.name, message: value.message })
      if (value instanceof Map || value instanceof Set) return [...value] as unknown
      return typeof value === "number" || typeof value === "function" || value === undefined ? String(value) : value
    }) ?? "undefined"
  )
}
