// What every peer is measured with: the same data as ours, and callers in a closed loop.

export const dataOf = i => ({
  name: `Product ${i % 5003} of the spring catalogue`,
  sku: `SKU-${i % 9973}-1111-2222`,
  quantity: i % 1000,
  price: (i % 10_000) / 100,
  note: "Delivered in a box of twelve, to be kept dry and below thirty degrees, best before the end of the year after next, handle with care at all times.",
})

export async function closedLoop(callers, seconds, ask) {
  const until = performance.now() + seconds * 1000
  let next = 0
  let done = 0
  const caller = async () => {
    while (performance.now() < until) {
      const i = next++
      await ask(i).then(
        () => done++,
        () => {},
      )
    }
  }
  await Promise.all(Array.from({ length: callers }, caller))
  return done / seconds
}

export const say = (figure, value) => console.log(JSON.stringify({ figure, value }))
