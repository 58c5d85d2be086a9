import { describe, expect, test } from "vitest"
import { quoted, sessionOn, type Ask } from "../../../src/adapters/postgres/driver.ts"
import { namesOf } from "../../../src/adapters/postgres/names.ts"
import { pageReader } from "../../../src/adapters/postgres/pages.ts"
import { anEvent, aTransaction } from "../../../src/testing/writes.ts"
import { aPlace, aServer, aStore, anIntruder } from "./place.ts"

const server = await aServer()

describe.skipIf(server === null)("a page of the log", () => {
  test("has an event whose type is said for the first time while it is asked for [L3]", async () => {
    const place = aPlace(server!)
    const store = await aStore(place)
    const { ask } = sessionOn(await anIntruder(place), { schema: quoted(place.schema!), named: true })
    // Whatever is asked before the page itself is answered; then somebody commits; then the page is asked for.
    const late: Ask = async (text, values) => {
      if (text.includes("@.events")) await store.commit([aTransaction({ events: [anEvent({ type: "Unheard" })] })])
      return ask(text, values)
    }
    const page = await pageReader(late, namesOf())(0, 10, ["Unheard"])
    expect(page).toMatchObject({ reached: 1, events: [{ event: { t: 1, type: "Unheard" } }] })
  })
})
