import { ok } from "node:assert/strict"
import type { TransactionWrite, WriteOutcome } from "../../ports/write.ts"
import { kinds, same, storeCase, type Done, type Stage, type StoreCase } from "../store-case.ts"
import { aChange, aDelivery, aPage, aRefusal, aTransaction, anEvent, anInstance, writer } from "../writes.ts"
import { wholeLog } from "./expected.ts"

/** Why a write may drop out, and how one that does is made. Before it, `settled` things are there. */
const reasons: readonly { because: string; kind: WriteOutcome["kind"]; make: () => TransactionWrite }[] = [
  { because: "its version is stale", kind: "conflict", make: () => droppingOut("old", 1) },
  { because: "its version leaves a gap", kind: "conflict", make: () => droppingOut("old", 3) },
  { because: "its stream should be new and is not", kind: "conflict", make: () => droppingOut("old", 1) },
  { because: "its stream should be there and is not", kind: "conflict", make: () => droppingOut("never", 2) },
  {
    because: "what it read has changed",
    kind: "conflict",
    make: () => droppingOut("fresh", 1, { reads: [{ id: "old", version: 0 }] }),
  },
  {
    because: "a unique value is taken",
    kind: "conflict",
    make: () => droppingOut("fresh", 1, { changes: [aChange("fresh", null, { name: "taken" })] }),
  },
  {
    because: "its command was executed before",
    kind: "duplicate",
    make: () => droppingOut("fresh", 1, { id: "settled-1" }),
  },
]

// It would leave traces everywhere, were any of it written.
function droppingOut(id: string, version: number, said: Partial<TransactionWrite> & { id?: string } = {}) {
  return aTransaction({
    id: "out",
    events: [anEvent({ stream: { id: "trace" } }), anEvent({ stream: { id, version } })],
    changes: [aChange("trace", null, { tag: "trace" })],
    timers: [{ id: "trace", due: 1, payload: {} }],
    ...said,
  })
}

const places = [
  { place: "first", at: 0 },
  { place: "in the middle", at: 2 },
  { place: "last", at: 4 },
]

/** A write that drops out of its batch does so alone, and wholly. */
export const dropOutCases: readonly StoreCase[] = [
  ...reasons.flatMap(({ because, kind, make }) =>
    places.map(({ place, at }) =>
      storeCase(`a write drops out alone because ${because}, ${place} in its batch`, async stage => {
        await settle(stage)
        const write = writer("kept")
        const others = ["a", "b", "c", "d"].map(id => write.put(id, { name: id }))
        const outcomes = await stage.commit(...others.toSpliced(at, 0, make()))
        same(kinds(outcomes), ["done", "done", "done", "done"].toSpliced(at, 0, kind))
        same(
          outcomes.flatMap(outcome => (outcome.kind === "done" ? [outcome.t] : [])),
          [2, 3, 4, 5],
        )
        await leftNoTrace(stage)
      }),
    ),
  ),

  storeCase("a conflict says in a sentence and in facts what was expected", async stage => {
    await settle(stage)
    const [stale, taken] = await stage.commit(droppingOut("old", 1), reasons[5]!.make())
    ok(stale?.kind === "conflict" && taken?.kind === "conflict")
    same([stale.unique, taken.unique], [false, true])
    ok(stale.sentence.length > 10 && taken.sentence.length > 10, "a sentence says something")
    ok(Object.keys(stale.facts).length > 0 && Object.keys(taken.facts).length > 0, "the facts are given")
  }),

  storeCase("what rests on a write that dropped out drops out as well, and the rest does not", async stage => {
    await settle(stage)
    const first = droppingOut("old", 1, { id: "first" })
    const second = aTransaction({ id: "second", events: [anEvent({ stream: { id: "trace", version: 2 } })] })
    const third = aTransaction({ id: "third", events: [anEvent({ stream: { id: "free" } })] })
    same(kinds(await stage.commit(first, second, third)), ["conflict", "conflict", "done"])
    same(await stage.store.basis(), 2)
  }),

  storeCase(
    "what rests on a write that dropped out drops out as well, though another has taken its version",
    async stage => {
      const step = (id: string, version: number, restsOn: readonly string[] = []) =>
        aTransaction({ id, events: [anEvent({ stream: { id: "contested", version } })], restsOn })
      const [rival, overtaken] = [step("rival", 1), step("overtaken", 1)]
      const [behind, last] = [step("behind", 2, ["overtaken"]), aTransaction({ id: "last", restsOn: ["behind"] })]
      const batch = [rival, overtaken, behind, last, step("free", 2, ["rival"])]
      same(kinds(await stage.commit(...batch)), ["done", "conflict", "conflict", "conflict", "done"])
      same(kinds(await stage.commit(step("behind", 3, ["overtaken"]))), ["done"])
    },
  ),

  storeCase("what rests on a write before it in the same batch is done", async stage => {
    const write = writer()
    const chain = [write.put("a", { name: "x" }), write.put("a", { name: "y" }), write.put("b", { name: "x" })]
    const reading = aTransaction({
      id: "reading",
      reads: [
        { id: "a", version: 2 },
        { id: "none", version: 0 },
      ],
    })
    same(kinds(await stage.commit(...chain, reading)), ["done", "done", "done", "done"])
  }),

  storeCase("a read is stale when a write before it in the same batch changed what it read", async stage => {
    await settle(stage)
    const change = aTransaction({ id: "change", events: [anEvent({ stream: { id: "old", version: 2 } })] })
    const reading = aTransaction({ id: "reading", reads: [{ id: "old", version: 1 }] })
    same(kinds(await stage.commit(change, reading)), ["done", "conflict"])
  }),

  storeCase("the same new command twice in one batch is executed once", async stage => {
    const [first, second] = [writer("same").put("a", { n: 1 }), writer("same").put("b", { n: 2 })]
    same(kinds(await stage.commit(first, second)), ["done", "duplicate"])
    same((await stage.store.entities.heads(["b"]))[0]?.version, 0)
  }),

  storeCase("a command that dropped out with a conflict has not used up its id", async stage => {
    await settle(stage)
    same(kinds(await stage.commit(droppingOut("old", 1))), ["conflict"])
    same(kinds(await stage.commit(droppingOut("old", 2))), ["done"])
  }),

  storeCase(
    "a command that comes again is a duplicate, not a conflict, though its versions are stale by now",
    async stage => {
      const once = writer().put("a", { name: "one" })
      same(kinds([...(await stage.commit(once)), ...(await stage.commit(once))]), ["done", "duplicate"])
      await stage.reopen()
      same(kinds(await stage.commit(once)), ["duplicate"])
      same(await stage.store.basis(), 1)
    },
  ),

  storeCase(
    "a later step of a known command is no duplicate, and its conflict leaves the instance as it was",
    async stage => {
      await stage.done(aTransaction({ id: "long", instance: anInstance({ id: "long", state: "waiting" }) }))
      const step = (version: number, state: "running" | "succeeded") =>
        aTransaction({
          first: false,
          instance: anInstance({ id: "long", state }),
          events: [anEvent({ stream: { id: "a", version } })],
        })
      same(kinds(await stage.commit(step(2, "succeeded"))), ["conflict"])
      same((await stage.store.commands.find(["long"]))[0]?.state, "waiting")
      same(kinds(await stage.commit(step(1, "running"), step(2, "succeeded"))), ["done", "done"])
      same((await stage.store.commands.find(["long"]))[0]?.state, "succeeded")
    },
  ),

  storeCase("of two who take the same further step of a command the second is told that it was taken", async stage => {
    const [{ t }] = (await stage.done(aTransaction({ instance: anInstance({ id: "long", state: "running" }) }))) as [
      Done,
    ]
    const step = (state: "running" | "succeeded", follows: number, id: string) =>
      aTransaction({
        first: false,
        follows,
        instance: anInstance({ id: "long", state }),
        events: [anEvent({ stream: { id } })],
      })
    same(kinds(await stage.commit(step("running", t, "a"), step("succeeded", t, "b"))), ["done", "duplicate"])
    same(kinds(await stage.commit(step("succeeded", t, "c"))), ["duplicate"])
    // Its versions are stale too, and that is not what is wrong with it.
    same(kinds(await stage.commit(step("succeeded", t, "a"))), ["duplicate"])
    same((await stage.store.commands.find(["long"]))[0]?.state, "running")
    await stage.reopen()
    same(kinds(await stage.commit(step("succeeded", t, "c"), step("succeeded", t + 1, "d"))), ["duplicate", "done"])
    same(
      (await wholeLog(stage.store)).map(({ event }) => event.stream.id),
      ["a", "d"],
    )
  }),

  storeCase("refusals, deliveries and pages are kept though transactions around them drop out", async stage => {
    await settle(stage)
    await stage.store.projections.begin("projection", 1)
    const page = aPage({ rows: [["key", { n: 1 }]], reached: 1 })
    const out = [droppingOut("old", 1), reasons[5]!.make()]
    const outcomes = await stage.commit(out[0]!, aRefusal(), aDelivery({ reached: 1 }), page, out[1]!)
    same(kinds(outcomes), ["conflict", "done", "done", "done", "conflict"])
    same(await stage.store.deliveries.reached("consumer"), 1)
    same((await stage.store.commands.refusal("refused"))?.code, "unknown-command")
    same([...(await stage.store.projections.rows("projection", 1, ["key"]))], [["key", { n: 1 }]])
  }),
]

async function settle(stage: Stage): Promise<void> {
  await stage.done(writer("settled").puts([["old", { name: "taken" }]]))
}

async function leftNoTrace({ store }: Stage): Promise<void> {
  const heads = await store.entities.heads(["trace", "fresh", "never"])
  same(
    heads.map(head => [head.version, head.document]),
    [
      [0, null],
      [0, null],
      [0, null],
    ],
  )
  same(await store.entities.holders("Thing/tag", "trace"), [])
  same(await store.timers.next(), null)
  same(await store.commands.find(["out"]), [null])
  same(
    (await wholeLog(store)).map(({ event }) => event.t),
    [1, 2, 3, 4, 5],
  )
  same(
    (await store.log.streams({ limit: 100 })).map(stream => stream.id),
    ["a", "b", "c", "d", "old"],
  )
}
