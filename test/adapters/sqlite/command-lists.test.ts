import { expect, test } from "vitest"
import { prepare } from "../../../src/adapters/sqlite/driver.ts"
import type { Instance } from "../../../src/kernel/instance.ts"
import type { CommandFilter } from "../../../src/ports/commands.ts"
import { aTransaction, anInstance } from "../../../src/testing/writes.ts"
import type { SqliteStore } from "../../../src/adapters/sqlite/index.ts"
import { aFile, findings } from "./place.ts"

const types = ["Put", "Put", "Put", "Drop", "Rare"]
const owners = ["system", "ann", "ben"]
// Numbers that look random and are the same in each run.
const pick = <Item>(items: readonly Item[], i: number) =>
  items[(Math.imul(i + 1, 2_654_435_761) >>> 16) % items.length]!

function command(i: number): Instance {
  const type = i > 150 && i < 280 ? "Put" : pick(types, i)
  const state = i % 11 === 0 ? "failed" : "succeeded"
  const said = { command: { id: `c${i}`, type, target: null, data: {} }, owner: pick(owners, i * 7), state } as const
  return anInstance(said)
}

/** A file with 400 commands, some of a kind in few stretches and some in all, and the commands themselves. */
function filled() {
  const file = aFile()
  const all = Array.from({ length: 400 }, (_, i) => command(i))
  for (let i = 0; i < all.length; i += 50) {
    file.store.commit(all.slice(i, i + 50).map(instance => aTransaction({ instance })))
  }
  return { ...file, all }
}

/** The ids of all commands that a filter lists, page by page. */
function pages({ commands }: SqliteStore, filter: Partial<CommandFilter>): readonly string[] {
  const ids: string[] = []
  for (let after: string | undefined; ;) {
    // The store on a file answers at once.
    const page = commands.list({
      limit: 7,
      ...filter,
      ...(after === undefined ? {} : { after }),
    }) as readonly Instance[]
    ids.push(...page.map(({ command: { id } }) => id))
    after = ids.at(-1)
    if (page.length < 7) return ids
  }
}

const filters: readonly Partial<CommandFilter>[] = [
  ...["Put", "Drop", "Rare", "Nothing"].flatMap(type => [
    { type },
    { type, state: "succeeded" as const },
    { type, state: "failed" as const },
    ...owners.map(owner => ({ type, owner })),
  ]),
  ...[...owners, "nobody"].flatMap(owner => [{ owner }, { owner, state: "succeeded" as const }]),
]

test("all commands of a type, of an owner and of both are listed page by page, the newest first, archived and back", () => {
  const { store, all } = filled()
  const listed = (more: Partial<CommandFilter> = {}) => filters.map(filter => pages(store, { ...filter, ...more }))
  const wanted = (instances: readonly Instance[]) =>
    filters.map(filter => idsOf(instances.filter(one => isWanted(one, filter))).toReversed())
  expect(listed()).toEqual(wanted(all))

  const old = all.slice(0, 300)
  const house = { owner: "house", command: { id: "a", type: "Move", target: null, data: {} } }
  store.commit([aTransaction({ instance: anInstance(house), archive: { ids: idsOf(old) } })])
  expect(listed()).toEqual(wanted(all.slice(300)))
  expect(listed({ archived: "both" })).toEqual(wanted(all))

  const back = old.filter((_, i) => i % 3 === 0)
  const command = { ...house.command, id: "b" }
  store.commit([aTransaction({ instance: anInstance({ ...house, command }), restore: { ids: idsOf(back) } })])
  expect(listed()).toEqual(wanted([...back, ...all.slice(300)]))
})

function isWanted({ command, owner, state }: Instance, filter: Partial<CommandFilter>): boolean {
  const { type = command.type } = filter
  return type === command.type && owner === (filter.owner ?? owner) && state === (filter.state ?? state)
}

test("nothing leads any more to where all commands of a kind were archived, and what leads back is there at once", async () => {
  const { db, store, all } = filled()
  const stretches = prepare<[number]>(db, "SELECT count(*) FROM command_stretches WHERE stretch < 9")
  expect(stretches.get()![0]).toBeGreaterThan(40)
  store.commit([aTransaction({ id: "a", archive: { ids: idsOf(all.slice(0, 300)) } })])
  expect(stretches.get()).toEqual([0])
  expect(await findings(store)).toEqual([])
  store.commit([aTransaction({ id: "b", restore: { ids: idsOf(all.slice(0, 300)) } })])
  expect(stretches.get()![0]).toBeGreaterThan(40)
  expect(await findings(store)).toEqual([])
})

test("commands that were rolled back with their stretch are found when they come again", async () => {
  const { store } = aFile()
  const more = (id: string) => aTransaction({ instance: anInstance({ id, owner: "ann" }) })
  const broken = { ...more("broken"), events: [null as never] }
  store.commit([more("a"), broken, more("b")])
  store.commit([more("c")])
  expect(pages(store, { owner: "ann" })).toEqual(["c", "b", "a"])
  expect(await findings(store)).toEqual([])
})

function idsOf(instances: readonly Instance[]): readonly string[] {
  return instances.map(({ command: { id } }) => id)
}
