// What every peer is measured with: the same data as ours, and callers in a closed loop.

import { spawnSync } from "node:child_process"

export const dataOf = i => ({
  name: `Product ${i % 5003} of the spring catalogue`,
  sku: `SKU-${i % 9973}-1111-2222`,
  quantity: i % 1000,
  price: (i % 10_000) / 100,
  note: "Delivered in a box of twelve, to be kept dry and below thirty degrees, best before the end of the year after next, handle with care at all times.",
})

const warmCount = 10_000

// As long a warm-up as ours, that is not counted (../harness.ts).
export async function closedLoop(callers, seconds, ask) {
  spawnSync("sync")
  const begun = performance.now()
  const [warmMin, warmMax] = [begun + seconds * 375, begun + seconds * 1375]
  let until = Number.POSITIVE_INFINITY
  let next = 0
  let done = 0
  const caller = async () => {
    while (performance.now() < until) {
      const i = next++
      await ask(i).then(
        () => done++,
        () => {},
      )
      const now = performance.now()
      if (until < Number.POSITIVE_INFINITY || !(now > warmMax || (now > warmMin && next >= warmCount))) continue
      done = 0
      until = now + seconds * 1000
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return done / seconds
}

export const say = (figure, value) => console.log(JSON.stringify({ figure, value }))
