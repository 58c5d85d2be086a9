import type { ParkedDelivery } from "../../ports/write.ts"
import { allPages, same, storeCase, upTo, type StoreCase } from "../store-case.ts"
import { aDelivery, aParked } from "../writes.ts"

/** How far each consumer has got, and which deliveries go their own way. */
export const deliveryCases: readonly StoreCase[] = [
  storeCase("a consumer is new until it has reached a t", async stage => {
    same(await stage.store.deliveries.reached("consumer"), null)
    await stage.done(aDelivery({ reached: null, parked: [aParked()] }))
    same(await stage.store.deliveries.reached("consumer"), null)
    await stage.done(aDelivery({ reached: 0 }))
    same(await stage.store.deliveries.reached("consumer"), 0)
    await stage.done(aDelivery({ reached: 17 }), aDelivery({ consumer: "other", reached: 3 }))
    same(await stage.store.deliveries.reached("consumer"), 17)
    await stage.done(aDelivery({ reached: null }))
    same([await stage.store.deliveries.reached("consumer"), await stage.store.deliveries.reached("other")], [17, 3])
  }),

  storeCase("a parked delivery comes back as it was, in order of (t, n), each consumer's own", async stage => {
    const rows: ParkedDelivery[] = [
      aParked({ t: 10, n: 0, state: "blocked", due: null, attempts: [] }),
      aParked({ t: 9, n: 11, entity: "another" }),
      aParked({
        t: 9,
        n: 2,
        state: "dead",
        due: null,
        attempts: [
          { at: "a", error: "x" },
          { at: "b", error: "" },
        ],
      }),
    ]
    const other = aParked({ consumer: "other", t: 9, n: 2 })
    await stage.done(aDelivery({ parked: rows, reached: 10 }), aDelivery({ consumer: "other", parked: [other] }))
    same(await stage.store.deliveries.parked("consumer"), rows.toReversed())
    same(await stage.store.deliveries.parked("other"), [other])
    same(await stage.store.deliveries.parked("nobody"), [])
    same(await stage.store.deliveries.find("consumer", 9, 11), rows[1])
    same(await stage.store.deliveries.find("consumer", 9, 3), null)
  }),

  storeCase("a delivery that fails again takes its row's place, and one that is done leaves", async stage => {
    const [first, blocked] = [aParked({ n: 0 }), aParked({ n: 1, state: "blocked", due: null })]
    await stage.done(aDelivery({ parked: [first, blocked] }))
    const again = { ...first, attempts: [...first.attempts, ...first.attempts], due: 99 }
    await stage.done(aDelivery({ parked: [again] }))
    same(await stage.store.deliveries.parked("consumer"), [again, blocked])
    await stage.done(
      aDelivery({
        done: [
          { t: 1, n: 0 },
          { t: 77, n: 0 },
        ],
        parked: [{ ...blocked, state: "retrying", due: 5 }],
      }),
    )
    same(await stage.store.deliveries.parked("consumer"), [{ ...blocked, state: "retrying", due: 5 }])
  }),

  storeCase("a delivery is done for its consumer alone", async stage => {
    const others = aParked({ consumer: "other" })
    await stage.done(aDelivery({ parked: [aParked()] }), aDelivery({ consumer: "other", parked: [others] }))
    await stage.done(aDelivery({ done: [{ t: 1, n: 0 }] }))
    same(await stage.store.deliveries.find("consumer", 1, 0), null)
    same(await stage.store.deliveries.find("other", 1, 0), others)
  }),

  storeCase("dead letters of all consumers are listed newest first, page by page", async stage => {
    const consumers = ["mail", "billing", "audit"]
    const rows = upTo(20).map(i =>
      aParked({
        consumer: consumers[i % 3]!,
        t: Math.ceil(i / 4),
        n: i % 2,
        entity: `e${i}`,
        state: "dead",
        due: null,
      }),
    )
    // Two of a kind would be one row: the entity tells the rest apart.
    const unlike = rows.filter((row, i) => rows.findIndex(other => place(other) === place(row)) === i)
    const alive = aParked({ consumer: "mail", t: 50 })
    await stage.done(aDelivery({ consumer: "mail", parked: [alive] }))
    for (const row of unlike) await stage.done(aDelivery({ consumer: row.consumer, parked: [row] }))

    const page = async (limit: number) =>
      allPages<ParkedDelivery>(after => stage.store.deliveries.dead({ limit, ...(after && { after }) }))
    const all = await page(100)
    same(all.map(place).toSorted(), unlike.map(place).toSorted())
    const order = all.map(({ t, n }) => t * 10 + n)
    same(
      order,
      order.toSorted((a, b) => b - a),
    )
    for (const limit of [1, 2, 7]) same(await page(limit), all)
  }),

  storeCase("a dead letter that is redriven is dead no more, and one that is dropped is gone", async stage => {
    const dead = upTo(3).map(t => aParked({ t, state: "dead", due: null }))
    await stage.done(aDelivery({ parked: dead }))
    await stage.done(aDelivery({ parked: [{ ...dead[0]!, state: "retrying", due: 0 }], done: [{ t: 2, n: 0 }] }))
    same(await stage.store.deliveries.dead({ limit: 10 }), [dead[2]])
    same(
      (await stage.store.deliveries.parked("consumer")).map(row => row.t),
      [1, 3],
    )
  }),

  storeCase("how far consumers have got is there after the store was opened again", async stage => {
    await stage.done(aDelivery({ reached: 5, parked: [aParked({ state: "dead" })] }))
    await stage.reopen()
    same(await stage.store.deliveries.reached("consumer"), 5)
    same(await stage.store.deliveries.dead({ limit: 10 }), [aParked({ state: "dead" })])
  }),
]

function place({ consumer, t, n }: ParkedDelivery): string {
  return `${consumer}:${t}:${n}`
}
