import fc from "fast-check"
import { expect, test } from "vitest"
import { graphPuts, graphSchema, type GraphEdge } from "./graphs.ts"
import { done, World } from "./world.ts"

const nodes = ["A", "B", "C", "D", "E"]
const some = fc.constantFrom(...nodes)
const edge: fc.Arbitrary<GraphEdge> = fc.record({
  from: some,
  to: some,
  shut: fc.boolean().map(() => false),
  passes: fc.constantFrom("to", "to", "onlyX", "xToY", "yToX"),
})
const graph = fc.record({
  edges: fc.uniqueArray(edge, { maxLength: 11, selector: ({ from, to, passes }) => `${from}${to}${passes}` }),
  self: fc.dictionary(
    some,
    fc.subarray(["x", "y", "z", "m"]).map(given => given.join(" ")),
    { maxKeys: 4 },
  ),
})
type Graph = typeof graph extends fc.Arbitrary<infer G> ? G : never

const implied: { readonly [group: string]: readonly string[] } = { m: ["n7"], n7: ["n8", "m"] }

// Walks along all paths of entities and groups, and cuts each where it comes back to where it was: slow and plain.
function walked(entity: string, group: string, { edges, self }: Graph, path: readonly string[] = []): boolean {
  const here = `${entity} ${group}`
  if (path.includes(here)) return false
  if ((self[entity] ?? "").split(" ").includes(group)) return true
  const on = [...path, here]
  const from = Object.keys(implied).filter(other => implied[other]!.includes(group))
  if (from.some(other => walked(entity, other, { edges, self }, on))) return true
  return edges
    .filter(({ to }) => to === entity)
    .some(({ from: parent, passes }) => before(passes, group).some(other => walked(parent, other, { edges, self }, on)))
}

function before(passes: string | undefined, group: string): readonly string[] {
  switch (passes) {
    case "onlyX":
      return group === "x" ? ["x"] : []
    case "xToY":
      return group === "y" ? ["x"] : []
    case "yToX":
      return group === "x" ? ["y"] : []
    default:
      return [group]
  }
}

test("one by one, all together and found at once come to what walking along every path comes to [L60 L62 L63]", () => {
  fc.assert(
    fc.property(graph, fc.shuffledSubarray(nodes), (drawn, order) => {
      const present = [...new Set([...drawn.edges.flatMap(e => [e.from, e.to]), ...Object.keys(drawn.self)])]
      const oracle = new Map(
        present.map(node => [node, ["m", "n7", "n8", "x", "y", "z"].filter(group => walked(node, group, drawn))]),
      )
      const worldOf = () => {
        const world = new World(graphSchema)
        world.put({ id: "me", type: "Person", set: {} }, ...graphPuts(drawn.edges, drawn.self))
        return world
      }
      const single = worldOf()
      for (const node of [...order.filter(one => oracle.has(one)), ...present]) {
        expect(single.groups("me", node)).toEqual(oracle.get(node))
      }
      const together = worldOf()
      expect(done(together.rights("me").groups(present.map(node => together.key(node))))).toEqual([...oracle.values()])
      const prepared = worldOf()
      expect(prepared.members("me")).toEqual(present.filter(node => oracle.get(node)!.length > 0).sort())
      for (const node of present) expect(prepared.groups("me", node)).toEqual(oracle.get(node))
    }),
    { numRuns: 120 },
  )
})
