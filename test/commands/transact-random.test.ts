import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { remote } from "./faulty-store.ts"
import { schema } from "./registry.ts"
import { peopleIds, PeopleModel, randomOps, sent } from "./transact-model.ts"
import { storeNames, World } from "./world.ts"

// Of people who need no name, so that what may not be is seen by the model too.
const { name: _name, ...attributes } = schema.entities.Person.attributes
const { Team: _team, Document: _document, ...entities } = schema.entities
const app = daybook({
  schema: { ...schema, entities: { ...entities, Person: { ...schema.entities.Person, attributes } } },
})

describe.each(storeNames)("on %s", name => {
  test.each([
    ["at hand", {}],
    ["far away", { wrap: remote }],
  ])(
    "random transactions do what a plain model does, in one batch as well, and are rebuilt from their events; with a store %s [X1 X2 L7 L79 L10]",
    async (_where, options) => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(randomOps, { minLength: 1, maxLength: 40 }),
          fc.integer({ min: 1, max: 12 }),
          async (all, atOnce) => {
            const world = await World.on(name, app, options)
            const model = new PeopleModel()
            for (let i = 0; i < all.length; i += atOnce) {
              const batch = all.slice(i, i + atOnce)
              const expected = batch.map(ops => model.transact(ops))
              const settled = await Promise.allSettled(batch.map(ops => world.transact(ops.map(sent))))
              expect(settled.map(s => s.status === "fulfilled")).toEqual(expected)
              for (const id of peopleIds) expect(await world.document(id)).toEqual(model.document(id))
            }
            const snapshot = await world.daybook.snapshot()
            for (const nick of ["n1", "n2", "n3"]) {
              const holders = peopleIds.filter(id => model.document(id)?.["nick"] === nick)
              expect(await snapshot.idsBy("Person/nick", nick)).toEqual(holders)
            }
            expect(await world.findings()).toEqual([])
          },
        ),
        { numRuns: name === "PostgreSQL" ? 3 : 25 },
      )
    },
  )
})
