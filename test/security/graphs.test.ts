import { describe, expect, test } from "vitest"
import { drawn, graphPuts, graphSchema, graphWorld } from "./graphs.ts"
import { done, permutations, World } from "./world.ts"

type Case = readonly [
  name: string,
  edges: string,
  self: { [node: string]: string },
  expected: { [node: string]: string },
]

const cases: readonly Case[] = [
  ["G01 alone, without anything", "", { A: "" }, { A: "" }],
  ["G02 alone", "", { A: "x" }, { A: "x" }],
  ["G03 a chain", "A>B B>C", { A: "x" }, { A: "x", B: "x", C: "x" }],
  ["G04 a chain that is shut", "A>B B!C", { A: "x", B: "y" }, { A: "x", B: "x y", C: "" }],
  ["G05 a diamond", "A>B A>C B>D C>D", { A: "a", B: "b", C: "c" }, { A: "a", B: "a b", C: "a c", D: "a b c" }],
  ["G06 nothing flows up", "A>B", { B: "y" }, { A: "", B: "y" }],
  ["G07 mutual", "A>B B>A", { A: "x", B: "y" }, { A: "x y", B: "x y" }],
  ["G08 a circle that is entered", "R>A A>B B>C C>A", { R: "r", B: "b" }, { R: "r", A: "b r", B: "b r", C: "b r" }],
  ["G09 mutual, with a tail", "A>B B>A B>C C>D", { A: "x", C: "c" }, { A: "x", B: "x", C: "c x", D: "c x" }],
  ["G10 mutual, one of them shut", "A>B B!A", { A: "x", B: "y" }, { A: "x", B: "x y" }],
  ["G11 to itself", "A>A", { A: "x" }, { A: "x" }],
  [
    "G12 mutual, over a common child",
    "A>E B>E A>B B>A",
    { A: "y", B: "z", E: "e" },
    { A: "y z", B: "y z", E: "e y z" },
  ],
  ["G13 a list on the short way only", "A[x]E B>E A>B B>A", { A: "y" }, { A: "y", B: "y", E: "y" }],
  ["G14 two that are mutual", "A>B B>A B>C C>B", { A: "a", C: "c" }, { A: "a c", B: "a c", C: "a c" }],
  [
    "G15 two circles, one after the other",
    "A>B B>A B>C C>D D>C",
    { A: "a", D: "d" },
    { A: "a", B: "a", C: "a d", D: "a d" },
  ],
  ["G16 shut by one attribute, open by another", "A!B A>>B", { A: "x" }, { A: "x", B: "x" }],
  ["G17 a circle of nothing", "A>B B>C C>A", {}, { A: "", B: "", C: "" }],
  ["G18 a circle with a list in it", "A[x]B B>C C>A", { A: "x y" }, { A: "x y", B: "x", C: "x" }],
  ["G19 siblings", "P>A P>S", { P: "p", S: "s" }, { A: "p", P: "p", S: "p s" }],
  ["G20 a circle of four, entered", "A>B B>C C>D D>A X>C", { X: "x" }, { A: "x", B: "x", C: "x", D: "x", X: "x" }],
  ["a new name on the far side", "A[x:y]B B>C", { A: "x z" }, { A: "x z", B: "y", C: "y" }],
  ["names that swap in a circle", "A[x:y]B B[y:x]A", { A: "x" }, { A: "x", B: "y" }],
  ["a name that comes back changed", "A[x:y]B B>A", { A: "x" }, { A: "x y", B: "y" }],
  ["a circle that has to be walked twice", "A[x:y]B B>C C>A A>D", { A: "x" }, { A: "x y", B: "y", C: "y", D: "x y" }],
]

function expectedGroups(text: string): readonly string[] {
  return text.split(" ").filter(Boolean).sort()
}

describe("groups are the least fixed point, whatever is asked first", () => {
  test.each(cases)("%s [L56 L57 L59 L60 L62 L63]", (_name, edges, self, expected) => {
    const nodes = Object.keys(expected)
    for (const order of permutations(nodes)) {
      const world = graphWorld(edges, self)
      for (const node of order) expect(world.groups("me", node)).toEqual(expectedGroups(expected[node]!))
    }
    const world = graphWorld(edges, self)
    const together = done(world.rights("me").groups(nodes.map(node => world.key(node))))
    expect(together).toEqual(nodes.map(node => expectedGroups(expected[node]!)))
    expect(graphWorld(edges, self).members("me")).toEqual(nodes.filter(node => expected[node] !== "").sort())
    for (const node of nodes) expect(world.groups("anonymous", node)).toEqual([])
  })

  test("G21 in a complete graph of nine everybody has everything, and each is asked about once [L62]", () => {
    const names = Array.from({ length: 9 }, (_, i) => `N${i}`)
    const edges = names.flatMap(a => names.filter(b => b !== a).map(b => `${a}>${b}`)).join(" ")
    const world = graphWorld(edges, Object.fromEntries(names.map((name, i) => [name, `n${i}`])))
    const all = names.map((_, i) => `n${i}`)
    const before = world.asked
    for (const name of names) expect(world.groups("me", name)).toEqual(expect.arrayContaining(all))
    expect(world.asked - before).toBeLessThan(1_000)
  })

  test("G22 a ladder of thirty is walked once, not once per way [L62]", () => {
    const rungs = Array.from({ length: 30 }, (_, i) => [
      `L${i}>A${i}`,
      `L${i}>B${i}`,
      `A${i}>L${i + 1}`,
      `B${i}>L${i + 1}`,
    ])
    const world = graphWorld(rungs.flat().join(" "), { L0: "x" })
    const before = world.asked
    expect(world.groups("me", "L30")).toEqual(["x"])
    expect(world.asked - before).toBeLessThan(1_000)
  })

  test("G24 an edge that was taken away counts as of then, and does not now [L61]", () => {
    const world = new World(graphSchema)
    world.put({ id: "me", type: "Person", set: {} }, ...graphPuts(drawn("A>B"), { A: "x" }))
    expect(world.groups("me", "B", 1)).toEqual(["x"])
    world.security.committed([world.put({ id: "A", type: "Node", set: { to: null } })])
    expect(world.groups("me", "B", 2)).toEqual([])
    expect(world.groups("me", "B", 1)).toEqual(["x"])
  })

  test("G25 what is remembered of one is nothing to another [L61]", () => {
    const world = new World(graphSchema)
    const people = ["s1", "s2"].map(id => ({ id, type: "Person", set: {} }))
    world.put(...people)
    world.put(
      { id: "A", type: "Node", set: { to: ["B"], "is-x": ["s1"] } },
      { id: "B", type: "Node", set: { to: ["A"], "is-y": ["s2"] } },
    )
    for (let i = 0; i < 2; i++) {
      expect([world.groups("s1", "A"), world.groups("s2", "B")]).toEqual([["x"], ["y"]])
      expect([world.groups("s2", "A"), world.groups("s1", "B")]).toEqual([["y"], ["x"]])
    }
  })
})
