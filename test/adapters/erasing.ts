import { daybook } from "../../src/app/define.ts"
import { openDaybook } from "../../src/app/open.ts"
import type { Store } from "../../src/ports/store.ts"
import { simulatedClock } from "../../src/testing/clock.ts"
import { seededIds } from "../../src/testing/ids.ts"

/** The schema of that. */
export const erasingSchema = {
  daybook: 1,
  name: "erasing",
  version: 1,
  entities: { Person: { attributes: { name: { type: "string", index: true }, mail: { type: "string" } } } },
} as const

/** Records a person who is renamed and ends, and somebody else beside; erases the first; and leaves the store open. */
export async function erasePerson(store: Store): Promise<void> {
  const kept = { ...store, close: () => {} }
  const parts = { store: kept, clock: simulatedClock(), ids: seededIds(1) }
  const app = await openDaybook(daybook({ schema: erasingSchema }), parts)
  const send = (type: string, data: object) =>
    app.request({ id: parts.ids.next(), type, target: null, data: { ...data } }, { actor: "system" })
  const put = (id: string, name: string, mail: string) => ({ entity: "Person", id, set: { name, mail } })
  await send("Transact", { ops: [put("p", "Penelope Erasable", "pen@elope"), put("q", "Quentin", "q@mail")] })
  await send("Transact", { ops: [put("p", "Penny Erasable", "pen@ny"), put("q", "Quentin II", "q2@mail")] })
  await send("Transact", { ops: [{ retract: "p" }] })
  await send("Erase", { entity: "p" })
  await app.close()
}

/** What nobody may do by hand to a daybook in which something was erased, though it looks as if that had been erased as well. */
export const forgeries: readonly (readonly [string, string])[] = [
  ["somebody else's words in the same transaction", `UPDATE events SET data = replace(data, 'Quentin II', 'Quintus')`],
  [
    "somebody else's data in the same words",
    `UPDATE events SET data = '{"@erased":true}' WHERE data LIKE '%Quentin"}%'`,
  ],
  [
    "what is said to be left",
    `UPDATE events SET data = replace(data, '"left":"', '"left":"0') WHERE data LIKE '%"left"%'`,
  ],
  [
    "what was erased, with other words",
    `UPDATE events SET data = replace(data, '"@erased":["mail","name"]', '"@erased":["name"]')`,
  ],
  ["the command, with other words", `UPDATE commands SET data = '{"ops":[]}' WHERE data = '{"@erased":true}'`],
  ["the command that erased", `UPDATE commands SET data = '{"@erased":true}' WHERE data LIKE '{"entity"%'`],
]
