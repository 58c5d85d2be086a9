/** All the orders that some things can come in: of four there are 24. */
export function* inEveryOrder<Item>(items: readonly Item[]): Generator<readonly Item[]> {
  if (items.length < 2) return yield items
  for (const [place, item] of items.entries()) {
    for (const rest of inEveryOrder(items.toSpliced(place, 1))) yield [item, ...rest]
  }
}
