import { describe, expect, test } from "vitest"
import { valueChanges } from "../../src/commands/values.ts"
import { finish } from "../../src/kernel/steps.ts"
import type { Store } from "../../src/ports/store.ts"
import { compileSchema } from "../../src/schema/compile.ts"
import { parseSchema } from "../../src/schema/parse.ts"
import { securityOf } from "../../src/security/security.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { anEvent, aTransaction } from "../../src/testing/writes.ts"
import { portal } from "../schema/portal.ts"
import { stores } from "../stores.ts"
import { done, entities, World, type Put } from "./world.ts"

const schema = compileSchema(parseSchema(portal))

const data: readonly Put[] = [
  ...entities("User", { alice: {}, bob: {}, carol: {} }),
  ...entities("Org", { org1: { admins: ["alice"], members: ["bob"] }, org2: { members: ["carol"] } }),
  { id: "d1", type: "Folder", set: { org: "org1", owner: "bob" } },
  ...entities("File", {
    d2: { folder: "d1", private: false },
    d3: { folder: "d1", private: true, owner: "bob" },
    d4: { org: "org1", owner: "carol", related: ["d5"] },
    d5: { org: "org1", related: ["d4"] },
  }),
  ...entities("Share", { s1: { to: "org2", document: "d1", active: true } }),
]

async function filled(store: Store): Promise<Store> {
  const [outcome] = await store.commit([
    aTransaction({
      events: data.map(({ id, type }) => anEvent({ stream: { type, id, version: 1 }, kind: "created" })),
      changes: data.map(({ id, type, set }) => {
        const values = valueChanges(schema.entities.get(type)!, null, set)
        return { id, type, document: set, replaces: false, values }
      }),
    }),
  ])
  expect(outcome?.kind).toBe("done")
  return store
}

describe.each(stores)("on a store in %s", (_name, open) => {
  test("everybody has the groups that they have in the plainest of worlds, one by one and found at once [L61]", async () => {
    const store = await filled(await open(simulatedClock()))
    const world = new World(portal)
    world.put(...data)
    const ids = data.map(one => one.id)
    const keys = (await store.facts.keys(ids)).map(key => key!)
    for (const who of ["alice", "bob", "carol", "anonymous"]) {
      const rights = securityOf(schema, store.facts).as(who, 1)
      const expected = done(world.rights(who).groups(ids.map(id => world.key(id))))
      expect(await finish(rights.groups(keys))).toEqual(expected)
      const members = await finish(securityOf(schema, store.facts).as(who, 1).members("read"))
      expect([...(await store.facts.ids(members!))].sort()).toEqual(world.members(who))
    }
    await store.close()
  })
})
