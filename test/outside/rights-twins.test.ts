import { beforeAll, expect, test } from "vitest"
import { seededRandom } from "../../src/testing/ids.ts"
import { firm } from "./rights-firm.ts"
import { serve, type Call, type Said } from "./rights-runner.ts"
import { Asking, twins } from "./rights-twins.ts"

let calls: readonly Call[]
beforeAll(async () => {
  calls = await Promise.all(twins().map(said => begun(said)))
})

async function begun(said: readonly (readonly object[])[]): Promise<Call> {
  const call = await serve(firm)
  for (const [i, ops] of said.entries()) {
    const told = await call("/commands", "system", { id: `said-${i}`, type: "Transact", data: { ops } })
    expect(told).toMatchObject({ status: 200, body: { state: "succeeded" } })
  }
  return call
}

async function both(path: string, body?: object): Promise<readonly string[]> {
  return (await Promise.all(calls.map(call => call(path, "ben", body)))).map(told)
}

// The order of keys counts as well.
function told({ status, body }: Said): string {
  return `${status} ${JSON.stringify(body).replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[\d:.]+Z/g, "#")}`
}

const tried: readonly (readonly [string, string, object])[] = [
  [
    "a lookup of what an op before it names as if it were new",
    "/commands",
    {
      type: "Transact",
      data: {
        ops: [
          { entity: "Person", id: "fraud", set: { name: "Mine" } },
          { cas: ["Case/number", "F-1"], attr: "title", old: "x", new: "y" },
        ],
      },
    },
  ],
  ["how many parts would go", "/commands", { type: "Transact", data: { ops: [{ retract: "theft" }] } }],
  [
    "at which place a default stands",
    "/query",
    {
      pull: [
        ["about", { default: "none" }],
        ["scan", { default: "none" }],
      ],
      of: "theft",
    },
  ],
  ["where a recursion ends", "/query", { pull: ["title", [{ "Case/about": 1 }, { default: "none" }]], of: "own" }],
]

test.each(tried)(
  "of two worlds that differ in what is hidden, %s tells nothing [L75 L79 QS8]",
  async (_, path, body) => {
    const [one, other] = await both(path, body)
    expect(other).toBe(one)
  },
)

test("of two worlds that differ in what is hidden, nothing that is asked tells which it is [L75 L79 QS8 UH3]", async () => {
  const asking = new Asking(seededRandom("twins"))
  const answered = new Set<string>()
  for (let i = 0; i < 250; i++) {
    const [path, body] = asking.next()
    const [one, other] = await both(
      path,
      path === "/commands" && body !== undefined ? { id: `tried-${i}`, ...body } : body,
    )
    expect([path, body, other]).toEqual([path, body, one])
    answered.add(one!.slice(0, 3))
  }
  expect([...answered].sort()).toEqual(expect.arrayContaining(["200", "403", "404", "409"]))
})
