import type { JsonObject } from "../../src/kernel/json.ts"
import { World, type Put } from "./world.ts"

/** An edge of a test graph: from whom groups flow to whom; shut, where its guard fails; and which pass. */
export type GraphEdge = {
  readonly from: string
  readonly to: string
  readonly shut?: boolean
  readonly passes?: string
  readonly by?: "other"
}

/** Which edges pass what, by name. */
const passings: { readonly [name: string]: JsonObject[string] } = { onlyX: ["x"], xToY: { x: "y" }, yToX: { y: "x" } }

const groups = [
  "a",
  "b",
  "c",
  "d",
  "e",
  "m",
  "p",
  "r",
  "s",
  "x",
  "y",
  "z",
  ...Array.from({ length: 9 }, (_, i) => `n${i}`),
]

function edgeAttributes(): JsonObject {
  const open = { not: { reaches: ["$parent", ["Node/shutTo"], "$child"] } }
  const to = { type: "ref", many: true, to: ["Node"] }
  const flows = (extra: JsonObject = {}) => ({ propagate: [{ direction: "forward", when: open, ...extra }] })
  return {
    to: { ...to, ...flows() },
    other: { ...to, propagate: [{ direction: "forward", when: true }] },
    shutTo: to,
    ...Object.fromEntries(
      Object.entries(passings).map(([name, pass]) => [name, { ...to, ...flows({ groups: pass! }) }]),
    ),
  }
}

// A node gives a group to whoever is in the attribute of the group's name.
const holders = Object.fromEntries(groups.map(group => [`is-${group}`, { type: "ref", many: true, to: ["Person"] }]))
const assign = groups.map(group => ({ group, when: { reaches: ["$self", [`is-${group}`], "$security"] } }))

/** A schema of nodes and edges, for graphs that say nothing but how groups flow. */
export const graphSchema: JsonObject = {
  groups: Object.fromEntries(groups.map(group => [group, {}])),
  entities: {
    Person: { attributes: {} },
    Node: {
      attributes: { ...holders, ...edgeAttributes() },
      assign,
      implies: { m: ["n7"], n7: ["n8", "m"] },
      permissions: { read: groups },
    },
  },
}

/** The puts that make a graph: its edges, and on which nodes which groups are assigned, as `x` or `x y`, to whom. */
export function graphPuts(
  edges: readonly GraphEdge[],
  self: { readonly [node: string]: string },
  person = "me",
): readonly Put[] {
  const nodes = new Map<string, Record<string, string[]>>()
  const add = (node: string, attribute: string, target: string) => {
    const set = nodes.get(node) ?? {}
    nodes.set(node, { ...set, [attribute]: [...(set[attribute] ?? []), target] })
  }
  for (const { from, to, shut, passes, by } of edges) {
    add(from, passes ?? by ?? "to", to)
    if (shut === true) add(from, "shutTo", to)
    if (!nodes.has(to)) nodes.set(to, {})
  }
  for (const [node, given] of Object.entries(self)) {
    if (!nodes.has(node)) nodes.set(node, {})
    for (const group of given.split(" ").filter(Boolean)) add(node, `is-${group}`, person)
  }
  return [...nodes].map(([id, set]) => ({ id, type: "Node", set }))
}

/** Edges as they are drawn: `A>B`; shut, `A!B`; only x passes, `A[x]B`; x becomes y, `A[x:y]B`; a second one, `A>>B`. */
export function drawn(text: string): readonly GraphEdge[] {
  const arrows: { readonly [arrow: string]: Omit<GraphEdge, "from" | "to"> } = {
    ">": {},
    "!": { shut: true },
    ">>": { by: "other" },
    "[x]": { passes: "onlyX" },
    "[x:y]": { passes: "xToY" },
    "[y:x]": { passes: "yToX" },
  }
  return text
    .split(" ")
    .filter(Boolean)
    .map(edge => {
      const [, from = "", arrow = "", to = ""] = /^(\w+?)(>>|>|!|\[[a-z:]+\])(\w+)$/.exec(edge) ?? []
      return { from, to, ...arrows[arrow]! }
    })
}

/** A world with a graph in it. */
export function graphWorld(edges: string, self: { readonly [node: string]: string }): World {
  const world = new World(graphSchema)
  world.put({ id: "me", type: "Person", set: {} }, ...graphPuts(drawn(edges), self))
  return world
}
