import { existsSync } from "node:fs"
import { join } from "node:path"
import { daybook, defineSchema, openDaybook, sqliteStore, systemClock, systemIds, type Daybook } from "daybook"
import { emptyFolder } from "./harness.ts"

export const people = 100_000
export const departments = 1_111
/** How many transactions their history has, where nobody wants fewer. */
export const transactions = 1_000_000
const opsPerTransaction = 500

const reads = { read: "boss" }

/** People in departments that lie in one another, seen by whoever is the boss of one and of all below it. */
const schema = defineSchema({
  daybook: 1,
  name: "people",
  version: 1,
  groups: { boss: {} },
  entities: {
    Dept: {
      attributes: {
        name: { type: "string", index: true },
        bosses: { type: "ref", many: true, to: ["Person"] },
        parent: { type: "ref", to: ["Dept"], propagate: [{ direction: "reverse", when: true }] },
      },
      assign: [{ group: "boss", when: { reaches: ["$self", ["bosses"], "$security"] } }],
      permissions: reads,
    },
    Person: {
      attributes: {
        name: { type: "string", index: true },
        email: { type: "string", unique: "identity" },
        age: { type: "integer", index: true },
        dept: { type: "ref", to: ["Dept"], propagate: [{ direction: "reverse", when: true }] },
        manager: { type: "ref", to: ["Person"] },
      },
      permissions: reads,
    },
  },
})

export const peopleApp = daybook({ schema })

export const personId = (i: number): string => `person-${i}`
export const emailOf = (i: number): string => `user${i}@example.org`
export const nameOf = (i: number): string => `Name ${i}`

/** One department at the top, 10 below it, 10 below each of these, and so on: the first of each level is `dept-0`, `dept-1`, `dept-11`, `dept-111`. */
const deptId = (i: number): string => `dept-${i}`
const leaves = departments - 111

type Op = Readonly<Record<string, unknown>>

/** A repeatable sequence of whole numbers below a bound. */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function* departmentOps(): Generator<Op> {
  for (let i = 0; i < departments; i++) {
    const parent = i === 0 ? {} : { parent: deptId(Math.floor((i - 1) / 10)) }
    yield { entity: "Dept", id: deptId(i), set: { name: `Dept ${i}`, ...parent } }
  }
  // Eight departments one in another, for a right that comes a long way.
  for (let i = 0; i < 8; i++) {
    yield {
      entity: "Dept",
      id: `deep-${i}`,
      set: { name: `Deep ${i}`, ...(i === 0 ? {} : { parent: `deep-${i - 1}` }) },
    }
  }
}

/** The person with a number, as everybody is made at first. */
export function personOf(i: number, random: (below: number) => number) {
  return {
    id: personId(i),
    name: nameOf(random(1_000)),
    email: emailOf(i),
    age: random(100),
    // Whole branches of departments: a hundredth of the people in each of the hundred below the ten.
    dept: deptId(111 + (i % leaves)),
    manager: i > 0 && random(100) < 80 ? personId(random(i)) : null,
  }
}

function* personOps(): Generator<Op> {
  const random = numbers(42)
  for (let i = 0; i < people; i++) {
    const { id, ...set } = personOf(i, random)
    yield { entity: "Person", id, set }
  }
}

const bosses: readonly Op[] = [
  { entity: "Dept", id: deptId(0), add: { bosses: [personId(0)] } },
  { entity: "Dept", id: deptId(1), add: { bosses: [personId(1)] } },
  { entity: "Dept", id: "deep-0", add: { bosses: [personId(2)] } },
]

/** Who sees everything, a tenth of it, what lies deep, and nothing. */
export const readers = { all: personId(0), part: personId(1), deep: personId(2), nothing: personId(3) } as const

/**
 * A daybook with 100,000 people and 1,000,000 transactions of their history, on a file that is kept from run to run:
 * it takes minutes to make.
 */
export async function openPeople(): Promise<Daybook> {
  const folder = join(import.meta.dirname, "work", "people")
  const path = join(folder, "daybook.sqlite")
  if (existsSync(path)) {
    // One that another version has written, or that was not finished, is made anew.
    const daybook = await openedAt(path).catch(() => null)
    if (daybook !== null && (await daybook.basis()) >= transactions) return daybook
    await daybook?.close()
  }
  emptyFolder("people")
  const made = await openedAt(path)
  await fillPeople(made, transactions)
  // Who has written for minutes has a heap of its own, and pages on their way to the file: asked is one that was opened.
  await made.close()
  return openedAt(path)
}

/** Makes the people, and of their history as much as is wanted. */
export async function fillPeople(daybook: Daybook, until: number): Promise<void> {
  await transact(daybook, departmentOps())
  await transact(daybook, personOps())
  await transact(daybook, bosses)
  await age(daybook, until)
}

async function openedAt(path: string): Promise<Daybook> {
  return openDaybook(peopleApp, { store: sqliteStore({ path }), clock: systemClock(), ids: systemIds() })
}

let asked = 0

function ask(daybook: Daybook, ops: readonly Op[]): Promise<unknown> {
  // What is made here is JSON.
  const data = { ops } as unknown as Parameters<Daybook["request"]>[0]["data"]
  return daybook.request({ id: `people-${asked++}`, type: "Transact", target: null, data }, { actor: "system" })
}

async function transact(daybook: Daybook, ops: Iterable<Op>): Promise<void> {
  let batch: Op[] = []
  for (const op of ops) {
    batch.push(op)
    if (batch.length < opsPerTransaction) continue
    await ask(daybook, batch)
    batch = []
  }
  if (batch.length > 0) await ask(daybook, batch)
}

/** One change of one attribute after the other, many at once, until there are enough transactions. */
async function age(daybook: Daybook, until: number): Promise<void> {
  const random = numbers(7)
  const from = await daybook.basis()
  let left = until - from
  const caller = async () => {
    while (left-- > 0) {
      const [i, kind] = [random(people), random(10)]
      const set = kind < 8 ? { age: random(100) } : { name: nameOf(random(1_000)) }
      await ask(daybook, [{ entity: "Person", id: personId(i), set }])
    }
  }
  await Promise.all(Array.from({ length: 512 }, caller))
}
