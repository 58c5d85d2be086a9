import { afterEach, expect, test } from "vitest"
import { systemIds } from "../../../src/adapters/node/ids.ts"
import { openDaybook } from "../../../src/app.ts"
import { daybook } from "../../../src/app/define.ts"
import type { Daybook } from "../../../src/daybook.ts"
import type { Json } from "../../../src/kernel/json.ts"
import type { LiveUpdate } from "../../../src/queries/live/live.ts"
import { simulatedClock } from "../../../src/testing/clock.ts"
import { testStore } from "../../../src/testing/test-store.ts"

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

const schema = {
  daybook: 1,
  name: "tasks",
  version: 1,
  groups: { member: {} },
  entities: {
    User: { attributes: { name: { type: "string" } } },
    List: {
      attributes: { name: { type: "string" }, members: { type: "ref", many: true, to: ["User"] } },
      assign: [{ group: "member", when: { reaches: ["$self", ["members"], "$security"] } }],
      permissions: { read: "member" },
    },
    Task: {
      attributes: {
        title: { type: "string", required: true },
        status: { type: "string", index: true },
        note: { type: "text" },
        list: { type: "ref", to: ["List"], propagate: [{ direction: "reverse", when: true }] },
      },
      permissions: { read: "member" },
    },
  },
}

async function aWorld() {
  const clock = simulatedClock()
  const running: Daybook = await openDaybook(daybook({ schema }), {
    store: await testStore(clock),
    clock,
    ids: systemIds(),
  })
  closing.push(() => running.close())
  let commands = 0
  const transact = async (...ops: Json[]) => {
    const command = { id: `c${commands++}`, type: "Transact", target: null, data: { ops } }
    const { state } = await running.request(command, { actor: "system" })
    expect(state).toBe("succeeded")
    await clock.idle()
  }
  const watch = async (principal: string, body: Json) => {
    const told: LiveUpdate[] = []
    const leave = await running.watch(body, { principal }, update => void told.push(update))
    return { told, leave, changes: () => told.splice(0).flatMap(u => (u.kind === "changes" ? [...u.changes] : [])) }
  }
  await transact(
    { entity: "User", id: "ann", set: { name: "Ann" } },
    { entity: "List", id: "l1", set: { name: "One" }, add: { members: ["ann"] } },
    { entity: "List", id: "l2", set: { name: "Two" } },
    { entity: "Task", id: "t1", set: { title: "First", status: "open", list: "l1" } },
    { entity: "Task", id: "t2", set: { title: "Second", status: "open", list: "l2" } },
  )
  return { running, transact, watch }
}

const open: Json = {
  find: ["?t", "?title"],
  where: [
    ["?t", "Task/status", "open"],
    ["?t", "Task/title", "?title"],
  ],
}

test("an answer by datalog follows what is written, for each reader what they may see [L75 X17]", async () => {
  const { transact, watch } = await aWorld()
  const [all, anns] = [await watch("system", open), await watch("ann", open)]
  expect(anns.told).toMatchObject([{ kind: "answer", rows: [[expect.any(String), ["t1", "First"]]] }])
  all.told.length = anns.told.length = 0
  await transact({ entity: "Task", id: "t3", set: { title: "Third", status: "open", list: "l1" } })
  await transact({ entity: "Task", id: "t2", set: { title: "Another" } })
  expect(anns.changes()).toMatchObject([["+", expect.any(String), ["t3", "Third"]]])
  expect(all.changes()).toMatchObject([
    ["+", expect.any(String), ["t3", "Third"]],
    ["-", expect.any(String)],
    ["+", expect.any(String), ["t2", "Another"]],
  ])
})

test("rights that are lost or gained while somebody watches count at once, in both directions [X17 L60]", async () => {
  const { transact, watch } = await aWorld()
  const anns = await watch("ann", open)
  anns.told.length = 0
  await transact({ entity: "List", id: "l2", add: { members: ["ann"] } })
  expect(anns.changes()).toMatchObject([["+", expect.any(String), ["t2", "Second"]]])
  await transact({ entity: "List", id: "l1", remove: { members: ["ann"] } })
  expect(anns.changes()).toMatchObject([["-", expect.any(String)]])
  await transact({ entity: "Task", id: "t2", set: { list: "l1" } })
  expect(anns.changes()).toMatchObject([["-", expect.any(String)]])
})

test("a pulled entity is told as a patch, with what it refers to and what refers to it [L67]", async () => {
  const { transact, watch } = await aWorld()
  const list = await watch("system", { of: "l1", pull: ["name", { "Task/_list": ["@id", "title"] }] })
  list.told.length = 0
  await transact({ entity: "List", id: "l1", set: { name: "Uno" } })
  expect(list.changes()).toEqual([["~", "l1", { name: "Uno" }]])
  await transact({ entity: "Task", id: "t2", set: { list: "l1" } })
  expect(list.changes()).toEqual([
    [
      "~",
      "l1",
      {
        "Task/_list": [
          { "@id": "t1", title: "First" },
          { "@id": "t2", title: "Second" },
        ],
      },
    ],
  ])
  await transact({ retract: "l1" })
  expect(list.changes()).toEqual([["-", "l1"]])
})

test("what is watched before it exists comes when it does", async () => {
  const { transact, watch } = await aWorld()
  const one = await watch("system", { of: "l9", pull: ["name"] })
  await transact({ entity: "List", id: "l9", set: { name: "Nine" } })
  expect(one.changes()).toEqual([["+", "l9", { name: "Nine" }]])
})

test("the history of an entity grows while it is watched [L84]", async () => {
  const { transact, watch } = await aWorld()
  const history = await watch("system", { history: "t1" })
  history.told.length = 0
  await transact({ entity: "Task", id: "t1", set: { status: "done" } })
  expect(history.changes()).toMatchObject([["+", expect.any(String), { attr: "status", old: "open", new: "done" }]])
})

test("what does not matter to any answer has none of them asked again", async () => {
  const { transact, watch } = await aWorld()
  const watched = await Promise.all([
    watch("system", open),
    watch("system", { of: "t1", pull: ["title"] }),
    watch("ann", { of: ["t1", "t2"], pull: ["title"] }),
  ])
  for (const { told } of watched) told.length = 0
  await transact({ entity: "Task", id: "t1", set: { note: "Nobody asked" } })
  expect(watched.flatMap(({ told }) => told)).toEqual([])
})

test("a live query is of now: one of the past is refused", async () => {
  const { watch } = await aWorld()
  await expect(watch("system", { ...(open as object), asOf: 1 })).rejects.toMatchObject({ code: "malformed" })
})
