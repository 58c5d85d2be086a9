import { hash } from "node:crypto"
import { expect, test } from "vitest"
import { chainOf, type Link } from "../../../src/adapters/postgres/chain.ts"

const ms = Date.UTC(2030, 0, 1)
const link = (...tails: string[]): Link => ({ tails, ms })
const tip = (t: number, of: string) => ({ t, at: ms, hash: of })
const sha = (text: string) => hash("sha256", text)

test("what follows the end of the log is known as soon as one batch was where it was thought to be [N4]", () => {
  const chain = chainOf()
  const [first, second, third] = [link("a]"), link("b]"), link("c]", "d]")]
  expect(chain.send(first)).toBe(null)
  chain.land(first, { before: 0, tip: tip(1, "one") })
  const [made, next] = [chain.send(second), chain.send(third)]
  const b = sha(`one\n[2,"2030-01-01T00:00:00.000Z",b]`)
  const c = sha(`${b}\n[3,"2030-01-01T00:00:00.000Z",c]`)
  expect([made?.t, made?.hash, made?.hashes.map(h => h.toString("hex"))]).toEqual([1, "one", [b]])
  expect([next?.t, next?.hash, next?.hashes.length]).toEqual([2, b, 2])
  expect(next?.hashes[0]?.toString("hex")).toBe(c)
})

test("nothing is known behind what was overtaken, until a batch was where it was thought to be [X10]", () => {
  const chain = chainOf()
  const links = Array.from({ length: 6 }, (_, i) => link(`${i}]`))
  chain.send(links[0]!)
  chain.land(links[0]!, { before: 0, tip: tip(1, "one") })
  chain.send(links[1]!)
  chain.land(links[1]!, null)
  expect(chain.send(links[2]!)).toBe(null)
  chain.land(links[2]!, { before: 7, tip: tip(8, "eight") })
  expect(chain.send(links[3]!)).toBe(null)
  chain.land(links[3]!, { before: 8, tip: tip(9, "nine") })
  expect(chain.send(links[4]!)?.t).toBe(9)
})

test("what was recorded elsewhere has instants of its own, and what is sent behind it is not known", () => {
  const chain = chainOf()
  const [first, recorded, behind] = [link("a]"), { tails: null, ms }, link("b]")]
  chain.send(first)
  chain.land(first, { before: 0, tip: tip(1, "one") })
  expect([chain.send(recorded), chain.send(behind)]).toEqual([null, null])
})

test("nobody disturbs whose batches follow each other for a while, and whoever comes in between does [N4]", () => {
  const chain = chainOf()
  const write = (before: number) => {
    const one = link("a]")
    chain.send(one)
    chain.land(one, { before, tip: tip(before + 1, `${before}`) })
  }
  for (let t = 0; t < 15; t++) write(t)
  expect(chain.isUndisturbed()).toBe(false)
  write(15)
  expect(chain.isUndisturbed()).toBe(true)
  write(17)
  expect(chain.isUndisturbed()).toBe(false)
})

test("a batch that adds nothing to the log says nothing of its end, and hides it from nobody behind it", () => {
  const chain = chainOf()
  const [first, nothing, behind] = [link("a]"), link(), link("b]")]
  chain.send(first)
  chain.land(first, { before: 0, tip: tip(1, "one") })
  expect(chain.send(nothing)).toBe(null)
  expect(chain.send(behind)).toMatchObject({ t: 1, hash: "one" })
  chain.land(nothing, { before: 1, tip: tip(1, "one") })
  chain.land(behind, { before: 1, tip: tip(2, "two") })
  expect(chain.send(link("c]"))).toMatchObject({ t: 2, hash: "two" })
})
