import { ok } from "node:assert/strict"
import fc from "fast-check"
import type { EntityAt } from "../../kernel/entity.ts"
import type { T } from "../../kernel/message.ts"
import type { Store } from "../../ports/store.ts"
import { simulatedClock } from "../clock.ts"
import { kinds, same, upTo, type Done, type OpenStore, type StoreCase } from "../store-case.ts"
import { expectedEvents, expectedHash, wholeLog } from "./expected.ts"
import { doneOf, Model, type Plan, type Step } from "./model.ts"

const things = ["a", "b", "c", "d", "e"]
const names = ["x", "y", "z"]
const tags = ["red", "green", "blue"]

const document = fc.record(
  {
    name: fc.constantFrom(...names),
    tag: fc.uniqueArray(fc.constantFrom(...tags), { maxLength: 3 }),
    to: fc.constantFrom(...things),
    free: fc.jsonValue({ maxDepth: 2 }).map(value => JSON.stringify(value)),
  },
  { requiredKeys: [] },
)

const step: fc.Arbitrary<Step> = fc.record({
  thing: fc.constantFrom(...things),
  becomes: fc.oneof({ weight: 6, arbitrary: document }, fc.constant(null), fc.constant("no" as const)),
})

const plan: fc.Arbitrary<Plan> = fc.record({
  steps: fc.uniqueArray(step, { maxLength: 3, selector: ({ thing }) => thing }).filter(steps => steps.length > 0),
  spoilt: fc.oneof(
    { weight: 8, arbitrary: fc.constant("no" as const) },
    fc.constantFrom("stale" as const, "ahead" as const, "read" as const, "again" as const),
  ),
})

const history = fc.array(fc.array(plan, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 6 })

/** Random histories, compared with a model that knows only maps. The same seed tries the same histories. */
export function randomHistories(seed: number, runs: number): StoreCase {
  return {
    name: `at every t of ${runs} random histories it says what a plain model says (seed ${seed})`,
    run: open =>
      fc.assert(
        fc.asyncProperty(history, batches => compare(open, batches)),
        { seed, numRuns: runs },
      ),
  }
}

/** The random histories of every day. */
export const randomCases: readonly StoreCase[] = [randomHistories(20_300_101, 20)]

async function compare(open: OpenStore, batches: readonly (readonly Plan[])[]): Promise<void> {
  const opened = await open({ clock: simulatedClock() })
  try {
    const model = new Model()
    const done: Done[] = []
    for (const batch of batches) {
      const planned = batch.map(p => model.plan(p))
      const outcomes = await opened.store.commit(planned.map(({ write }) => write))
      same(
        kinds(outcomes),
        planned.map(({ expected }) => expected),
      )
      done.push(...doneOf(outcomes))
    }
    same(
      done.map(({ t }) => t),
      upTo(model.basis),
    )
    await compareAll(opened.store, model, done)
    await compareAll(await opened.reopen(), model, done)
  } finally {
    await opened.close()
  }
}

async function compareAll(store: Store, model: Model, done: readonly Done[]): Promise<void> {
  same(await store.basis(), model.basis)
  for (let t = 0; t <= model.basis; t++) await compareAt(store, model, t)
  await compareHeads(store, model)

  const log = await wholeLog(store, 7)
  same(
    log,
    model.written.flatMap((write, i) => expectedEvents(write, done[i]!)),
  )
  for (const id of things) {
    const ofOne = log.map(({ event }) => event).filter(({ stream }) => stream.id === id)
    same((await store.log.stream(id, 1, 1_000)).events, ofOne)
    same(
      ofOne.map(({ stream }) => stream.version),
      upTo(model.versions.get(id) ?? 0),
    )
  }
  const hash = model.written.reduce((before, write, i) => expectedHash(before, write, done[i]!), "")
  same(await store.maintenance.chain(), { t: model.basis, hash })
  for await (const finding of store.maintenance.verify()) throw new Error(`Something is found: ${finding.sentence}`)
}

async function compareAt(store: Store, model: Model, t: T): Promise<void> {
  const moment = model.moments[t]!
  for (const id of things) {
    const thing = moment.get(id)
    const expected: EntityAt | null = thing === undefined ? null : { id, type: "Thing", ...thing }
    same(await store.entities.at(id, t), expected)
  }
  const looked = { name: names, tag: tags, to: things }
  for (const attribute of ["name", "tag", "to"] as const) {
    for (const value of looked[attribute]) {
      const holders = await store.entities.holdersAt(`Thing/${attribute}`, value, t)
      compareIds(holders, model.holders(attribute, value, t), model)
      if (t === model.basis) same(await store.entities.holders(`Thing/${attribute}`, value), holders)
    }
  }
  compareIds(await store.entities.ids("Thing", t, { limit: 100 }), [...moment.keys()], model)
}

async function compareHeads(store: Store, model: Model): Promise<void> {
  for (const [i, head] of (await store.entities.heads(things)).entries()) {
    const id = things[i]!
    const document = model.moments.at(-1)!.get(id)?.document ?? null
    same([head.id, head.version, head.document], [id, model.versions.get(id) ?? 0, document])

    const versions = upTo(model.basis).flatMap(fromT => {
      const [before, after] = [model.moments[fromT - 1]!.get(id), model.moments[fromT]!.get(id)]
      return before === after ? [] : [{ fromT, document: after?.document ?? null }]
    })
    same(await store.entities.versions(id), versions)
    same(head.t, versions.at(-1)?.fromT ?? 0)
  }
}

function compareIds(actual: readonly string[], expected: readonly string[], model: Model): void {
  same(actual.toSorted(), expected.toSorted())
  const created = actual.map(id => model.createdT(id))
  ok(
    created.every((t, i) => i === 0 || created[i - 1]! <= t),
    `not in order of creation: ${actual.join(", ")}`,
  )
}
