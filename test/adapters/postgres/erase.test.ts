import { describe, expect, test } from "vitest"
import { erasePerson, forgeries } from "../erasing.ts"
import { aPlace, aServer, aStore, anIntruder, findings } from "./place.ts"

const server = await aServer()

describe.skipIf(server === null)("where something was erased in PostgreSQL", { timeout: 60_000 }, () => {
  test("all is sound, and whoever changes something by hand is found [X19 X1]", async () => {
    const place = aPlace(server!)
    const store = await aStore(place)
    await erasePerson(store)
    expect(await findings(store)).toEqual([])
    const client = await anIntruder(place)
    const unseen: string[] = []
    for (const [what, statement] of forgeries) {
      const table = statement.split(" ")[1]!
      await client.query(`CREATE TABLE kept AS SELECT * FROM ${table}`)
      expect((await client.query(statement)).rowCount).toBeGreaterThan(0)
      if ((await findings(store)).length === 0) unseen.push(what)
      const key = table === "events" ? "pos" : "n"
      await client.query(`UPDATE ${table} AS x SET data = kept.data FROM kept WHERE kept.${key} = x.${key}`)
      await client.query("DROP TABLE kept")
    }
    expect(unseen).toEqual([])
    expect(await findings(store)).toEqual([])
  })
})
