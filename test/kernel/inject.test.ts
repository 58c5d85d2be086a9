import { describe, expect, test } from "vitest"
import { injector, parametersOf } from "../../src/kernel/inject.ts"

// Functions are made from their text, so that no build step rewrites what is to be read.
function made(text: string): (...needs: never[]) => unknown {
  // oxlint-disable-next-line typescript/no-implied-eval -- the text of a function is what is tested
  return new Function(`return (${text})`)() as (...needs: never[]) => unknown
}

/** The method `m` of an object that is written like this. */
function method(text: string): (...needs: never[]) => unknown {
  return (made(`{ ${text} }`) as unknown as { m: (...needs: never[]) => unknown }).m
}

describe("the names of parameters are read off", () => {
  test.each([
    ["function (a, b) {}", ["a", "b"]],
    ["function named(a) {}", ["a"]],
    ["async function named(a, b) {}", ["a", "b"]],
    ["function* steps(a) {}", ["a"]],
    ["() => 1", []],
    ["a => a", ["a"]],
    ["async a => a", ["a"]],
    ["async/**/a/**/=>a", ["a"]],
    ["(a, b,) => a", ["a", "b"]],
    ["async (a, b) => a", ["a", "b"]],
    ["$a => _b => 1", ["$a"]],
    ["(größe, $, _) => 1", ["größe", "$", "_"]],
  ])("%s [A8, A9]", (text, names) => {
    expect(parametersOf(made(text))).toEqual({ names, destructured: false })
  })

  test.each([
    ["(a = 1, b = [1, 2], c = { d: (1, 2) }) => 1", ["a", "b", "c"]],
    ["(a = 'x, y', b = \"z)\", c = `t${[1, '`'].join(`,`)})`) => 1", ["a", "b", "c"]],
    ["(a = /[,)/]/g, b = 4 / 2 / 1, c) => 1", ["a", "b", "c"]],
    ["(a = () => { return /\\)/ }, b = function (x, y) {}) => 1", ["a", "b"]],
    ["(/* (first */ a, // second, really\n b /* } */) => 1", ["a", "b"]],
  ])("default values and comments: %s [A9]", (text, names) => {
    expect(parametersOf(made(text))).toEqual({ names, destructured: false })
  })

  test.each([
    ["({ a, b }) => 1", ["a", "b"]],
    ["async ({ a: x, b }) => 1", ["a", "b"]],
    ["function ({ mail: { send, log = {} } = {}, key }) {}", ["mail", "key"]],
    ["({ a = { x: 1, y: [2, 3] }, 'two words': b, c /* , d */, }) => 1", ["a", "two words", "c"]],
    ["({ a } = {}) => 1", ["a"]],
    ["({}) => 1", []],
  ])("one parameter that is taken apart: %s [A9]", (text, names) => {
    expect(parametersOf(made(text))).toEqual({ names, destructured: true })
  })

  test.each([
    ["m(a, b) {}", ["a", "b"]],
    ["async m(a) {}", ["a"]],
    ["async *m(a) {}", ["a"]],
    ["'m'(a) {}", ["a"]],
    ["['(m'.slice(1)](a) {}", ["a"]],
    ["m: (a, b) => 1", ["a", "b"]],
  ])("methods: %s [A9]", (text, names) => {
    expect(parametersOf(method(text)).names).toEqual(names)
  })

  test.each([
    ["(a, ...others) => 1", "open number"],
    ["({ a, ...others }) => 1", "whatever else"],
    ["({ [`a`]: b }) => 1", "no name"],
    ["([a, b]) => 1", "no name"],
    ["(a, { b }) => 1", "no name"],
    ["({ a }, b) => 1", "after the one"],
    ["class { constructor(a) {} }", "class"],
    ["((a) => a).bind(null)", "bound"],
  ])("but not where they cannot be known: %s [A9]", (text, why) => {
    expect(() => parametersOf(made(text))).toThrow(why)
  })
})

describe("a function is handed", () => {
  const needs = { mail: "post", key: 7, event: { id: "e" } }
  const known = Object.keys(needs)

  test("only what it asks for, in any order [A8]", () => {
    expect(injector((key, mail) => [key, mail], "the processor p", known)(needs)).toEqual([7, "post"])
    expect(injector((...all: never[]) => all, "the processor p", known, ["event"])(needs)).toEqual([needs.event])
  })

  test("an object with just the names that it takes apart [A8]", () => {
    let got: unknown
    const text = "function ({ mail: m, key }) { this; return [arguments[0], m] }"
    got = injector(made(text), "the processor p", known)(needs)
    expect(got).toEqual([{ mail: "post", key: 7 }, "post"])
  })

  test("nothing that it does not name: what is made on demand is not made [A8]", () => {
    let made = 0
    const lazy = {
      key: 7,
      get snapshot() {
        made += 1
        return {}
      },
    }
    injector(({ key }: { key: number }) => key, "the processor p", ["key", "snapshot"])(lazy)
    expect(made).toBe(0)
    injector((snapshot: unknown) => snapshot, "the processor p", ["key", "snapshot"])(lazy)
    expect(made).toBe(1)
  })

  test("nothing at all, at the start, when it asks for a name that nobody knows [A9]", () => {
    const build = () =>
      injector(({ transprot }: { transprot: string }) => transprot, "the processor send-activity", known)
    expect(build).toThrow("The processor send-activity asks for transprot; known are mail, key, event")
    expect(() => injector(made("(a) => 1"), "the handler of Pay", known, ["b"])).toThrow(
      "The handler of Pay asks for b",
    )
  })

  test("and the place is named where its parameters cannot be read [A9]", () => {
    const build = () => injector((...all: never[]) => all, "the handler of Pay", known)
    expect(build).toThrow("The handler of Pay cannot be handed what it needs: it takes an open number of parameters")
  })

  test("and says what it asks for", () => {
    expect(injector((key, mail) => [key, mail], "p", known).names).toEqual(["key", "mail"])
  })
})
