import { describe, expect, test } from "vitest"
import * as fc from "fast-check"
import { matcherOf } from "../../../src/queries/datalog/regex/match.ts"

const texts = [
  "",
  "a",
  "ab\n",
  "\u00a0",
  "\r",
  "\u2028",
  "é",
  "Ä",
  "ab12",
  "x-y",
  "\u{1F600}",
  "ΑΒΓ",
  "a b",
  "foo.bar",
  "\u0001",
  "日本",
  "tab\t",
  "_",
  "7",
  "a/b",
  "K",
  "\ufeff",
  "\v",
  "]",
  "^",
  "$",
  "a$b",
  "-",
]

const patterns = [
  "",
  "^a",
  "b$",
  "a.b",
  "^.$",
  "\\s",
  "\\S",
  "\\bab\\b",
  "\\B",
  "[^a]",
  "[\\s\\S]",
  "[^]",
  "[]",
  "\\p{L}",
  "\\p{Lu}",
  "\\p{Script=Greek}",
  "\\p{Letter}",
  "\\p{Alphabetic}",
  "\\p{Emoji}",
  "\\p{sc=Han}",
  "\\P{L}",
  "\\u00e9",
  "\\u{1F600}",
  "[\\u0041-\\u005a]",
  "\\x41",
  "\\cA",
  "\\0",
  "(?<n>a)b",
  "a{2,3}",
  "a{0,1000}b",
  "[\\b]",
  "\\/",
  "[\\w-]+",
  "\\D",
  "\\W",

  "^(?:a|b)*$",
  "\\t",
  "\\v",
  "\\f",
  "x*?y",
  "\\d+",
  "^\\p{ASCII}$",
  "a|",
  "(|a)b",
  "[a\\]]",
  "\\$",
  "[$^]",
  "\\ud83d\\ude00",
]

// Put together of what patterns are made of, so that most of them can be read.
const made = fc.letrec<{ pattern: string }>(tie => ({
  pattern: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom("a", "b", ".", "\\w", "\\s", "[ab]", "[^a]", "\\d", "-", "é", "^", "$", "\\b"),
    fc.tuple(tie("pattern"), tie("pattern")).map(([one, other]) => one + other),
    fc.tuple(tie("pattern"), tie("pattern")).map(([one, other]) => `(?:${one}|${other})`),
    fc
      .tuple(tie("pattern"), fc.constantFrom("*", "+", "?", "{2}", "{1,2}", "*?"))
      .map(([one, sign]) => `(?:${one})${sign}`),
  ),
})).pattern

describe("a pattern is found by the matcher where JavaScript finds it [L74]:", () => {
  test.each(patterns)("%j", pattern => {
    const matches = matcherOf(pattern) as (text: string) => boolean
    const known = new RegExp(pattern, "u")
    for (const text of texts) expect([text, matches(text)]).toEqual([text, known.test(text)])
  })

  test("and so are patterns put together by chance", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", " ", "-", "é", "1", "\n"), { maxLength: 12 })
      .map(signs => signs.join(""))
    fc.assert(
      fc.property(made, text, (pattern, said) => {
        const matches = matcherOf(pattern)
        if (typeof matches === "string") return
        expect(matches(said)).toBe(new RegExp(pattern, "u").test(said))
      }),
      { numRuns: 500 },
    )
  })

  test.each([
    "(?=a)",
    "(?!a)",
    "(?<=a)b",
    "(a)\\1",
    "(?<n>a)\\k<n>",
    "(?i:a)",
    "a{0,5000}",
    "(",
    "[a",
    "a".repeat(501),
  ])("what cannot be matched in a known time, or read, has a sentence instead: %s", pattern => {
    expect(matcherOf(pattern)).toEqual(expect.any(String))
  })
})
