import { setTimeout as pause } from "node:timers/promises"
import { daybook, defineSchema, type Daybook } from "daybook"
import { emptyFolder, type Bench } from "../harness.ts"
import { opened } from "../opened.ts"

const lists = 1_000
const perSecond = 1_000
const seconds = Number(process.env["BENCH_SECONDS"] ?? 8)

const app = daybook({
  schema: defineSchema({
    daybook: 1,
    name: "live",
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
          title: { type: "string" },
          status: { type: "string", index: true },
          note: { type: "string" },
          list: { type: "ref", to: ["List"], propagate: [{ direction: "reverse", when: true }] },
        },
        permissions: { read: "member" },
      },
    },
  }),
})

type Op = Readonly<Record<string, unknown>>

/** A thousand people, each of whom watches the open tasks of a list, while a thousand transactions a second are written. */
export const live: Bench = {
  name: "live",
  says: "1,000 live queries while 1,000 transactions are written a second, 1 in 100 of them relevant to one",
  async run(say) {
    const outcomes = { changed: 0, same: 0, refused: 0 }
    const count = (name: string, labels?: Readonly<Record<string, string>>) => {
      if (name === "live_answers_total") outcomes[labels!["outcome"] as keyof typeof outcomes]++
    }
    const daybook = await opened(app, emptyFolder("live"), { count, gauge() {}, time() {} })
    let asked = 0
    const transact = (ops: readonly Op[]) => {
      const command = { id: `live-${asked++}`, type: "Transact", target: null, data: { ops } }
      return daybook.request(command as unknown as Parameters<Daybook["request"]>[0], { actor: "system" })
    }
    for (let i = 0; i < lists; i++) {
      const members = [`user-${i}`]
      await transact([
        { entity: "User", id: `user-${i}`, set: { name: `User ${i}` } },
        { entity: "List", id: `list-${i}`, set: { name: `List ${i}` }, add: { members } },
        { entity: "Task", id: `task-${i}`, set: { title: "First", status: "open", list: `list-${i}`, note: "" } },
      ])
    }
    const written = new Map<string, number>()
    const taken: number[] = []
    let [told, answers] = [0, 0]
    for (let i = 0; i < lists; i++) {
      const body = {
        find: ["?t", "?title"],
        where: [
          ["?t", "Task/list", `list-${i}`],
          ["?t", "Task/status", "open"],
          ["?t", "Task/title", "?title"],
        ],
      }
      await daybook.watch(body, { principal: `user-${i}` }, update => {
        if (update.kind === "answer") answers++
        if (update.kind !== "changes") return
        told++
        for (const [kind, , row] of update.changes) {
          const at = kind === "+" ? written.get((row as readonly string[])[1]!) : undefined
          if (at !== undefined) taken.push(performance.now() - at)
        }
      })
    }
    const before = performance.now()
    const pending: Promise<unknown>[] = []
    let relevant = 0
    for (let i = 0; performance.now() - before < seconds * 1_000; i++) {
      const due = before + (i * 1_000) / perSecond
      if (due > performance.now()) await pause(1)
      const task = `task-${(i * 7) % lists}`
      if (i % 100 === 0) {
        relevant++
        const title = `Title ${i}`
        pending.push(
          transact([{ entity: "Task", id: task, set: { title } }]).then(() => written.set(title, performance.now())),
        )
      } else pending.push(transact([{ entity: "Task", id: task, set: { note: `Note ${i}` } }]))
    }
    await Promise.all(pending)
    const rate = pending.length / ((performance.now() - before) / 1_000)
    await pause(500)
    await daybook.close()
    taken.sort((a, b) => a - b)
    const p99 = taken[Math.floor(taken.length * 0.99)] ?? Number.NaN
    say({ figure: "live queries, answered at first", value: answers, unit: "", atLeast: lists })
    say({ figure: "transactions written meanwhile", value: rate, unit: "per second", atLeast: perSecond * 0.95 })
    say({ figure: "relevant transactions that were told", value: told / relevant, unit: "of 1", atLeast: 1 })
    const inVain = outcomes.same / Math.max(1, outcomes.same + outcomes.changed)
    say({ figure: "answered again in vain", value: inVain, unit: "of 1", atMost: 0.1 })
    say({ figure: "from commit to patch, p99", value: p99, unit: "ms", atMost: 50 })
  },
}
