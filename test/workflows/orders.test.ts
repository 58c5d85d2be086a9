import fc from "fast-check"
import { describe, expect, test } from "vitest"
import { hasEnded, type Arrival } from "../../src/kernel/life.ts"
import { every, in_ } from "../../src/kernel/moments.ts"
import { done, failed, step, stuck, type Mode, type ReactionContext } from "../../src/kernel/workflow.ts"
import { ask, child, heard, Machine, timed, workflow } from "./machine.ts"

const modes: readonly Mode[] = ["each", "any", "all", "enough", 1, 2, 3, 5]

/** What a generated workflow does, step by step; whoever reacts takes the next of these. */
type Move = { readonly what: number; readonly mode: number; readonly count: number }

const moves = fc.array(
  fc.record({ what: fc.nat({ max: 11 }), mode: fc.nat({ max: modes.length - 1 }), count: fc.nat({ max: 3 }) }),
  { minLength: 1, maxLength: 12 },
)
/** What comes, and which of those that may come; several in one turn. */
const comings = fc.array(fc.array(fc.tuple(fc.nat({ max: 9 }), fc.nat({ max: 20 })), { minLength: 1, maxLength: 4 }), {
  maxLength: 25,
})

function generated(plan: readonly Move[]) {
  const next = ({ data, events, outcomes }: Pick<ReactionContext, "data" | "events" | "outcomes">) => {
    const at = Number(data["at"] ?? 0)
    const { what, mode, count } = plan[at % plan.length]!
    const said = step({ at: at + 1, told: Number(data["told"] ?? 0) + events.length + outcomes.length })
    const children = Array.from({ length: what === 11 ? count : Math.max(1, count) }, (_, n) => ask(n))
    const known = modes[mode]!
    switch (what) {
      case 0:
        return said.spawn("parts", children, { mode: known })
      case 1:
        return said.spawn("parts", children, { mode: known, retry: { attempts: 2, baseMs: 1_000 } })
      case 2:
        return said.wait("it", { n: count }, { mode: known })
      case 3:
        return said.wait("it", {}, { mode: known, until: in_("90 seconds") })
      case 4:
        return said.timer("tick", every("* * * * *", "UTC")).timer("once", in_("10 seconds"))
      case 5:
        return said.cancel("it", "tick").timer("once", in_("1 minute"))
      case 6:
        return said.abort("parts").timer("once", in_("1 second"))
      case 7:
        return stuck("Who knows")
      case 8:
        throw new Error("broken")
      case 9:
        return count === 3 ? failed("over") : said.timer("once", in_("1 minute"))
      case 10:
        return count > 1 ? done(at) : said.send(...children).timer("once", in_("1 minute"))
      default:
        return said.timer("once", in_("1 second")).spawn("parts", children)
    }
  }
  return workflow({
    start: context => next({ ...context, events: [], outcomes: [] }),
    on: {
      parts: child(next, { enough: came => came.length > 1 }),
      it: heard("It", next, { match: () => ({ n: 1 }), enough: came => came.length > 1 }),
      tick: timed(next),
      once: timed(next),
    },
    abort: ({ data }) => step({ ...data, undone: Number(data["undone"] ?? 0) + 1 }).spawn("parts", ask("undo")),
  })
}

function arrivalOf(machine: Machine, [what, which]: readonly [number, number], seen: Arrival[]): Arrival {
  const { children, life } = machine
  const timers = Object.keys(life.timers ?? {})
  const by = "boss"
  switch (what) {
    case 0:
    case 1:
    case 2:
      return machine.end(
        children[which % Math.max(1, children.length)] ?? "nobody",
        what === 0 ? "failed" : "succeeded",
      )
    case 3:
    case 4:
      return machine.event("It", { n: which % 4 }, { isAddressed: which === 0 })
    case 5:
      return machine.timer(timers[which % Math.max(1, timers.length)] ?? "none")
    case 6:
      return { kind: "resume", by }
    case 7:
      return which < 3 ? { kind: "abort", by, reason: null } : machine.event("It", { n: 1 })
    case 8:
      return which === 0 ? { kind: "change", by, data: { at: 0 } } : machine.timer("once")
    default:
      return seen[which % Math.max(1, seen.length)] ?? { kind: "admit" }
  }
}

/** Lets time pass and everything end that can, until nothing more can come of it but by a person. */
function toTheEnd(machine: Machine): void {
  for (let round = 0; round < 20 && !hasEnded(machine.life); round++) {
    const { state, children = {} } = machine.life
    if (state === "stuck")
      machine.come({ kind: "change", by: "boss", data: { at: 100 + round } }, { kind: "resume", by: "boss" })
    for (const id of Object.keys(children)) machine.come(machine.end(id))
    if (round > 5) machine.come({ kind: "abort", by: "boss", reason: null })
  }
}

describe("whatever comes to whatever workflow, in whatever order, doubled or late", () => {
  test("leaves it an instance that is what its events say, and that can be brought to an end [W22 W49 W51]", () => {
    fc.assert(
      fc.property(moves, comings, (plan, turns) => {
        const machine = new Machine(generated(plan))
        const seen: Arrival[] = []
        for (const turn of turns) {
          const arrivals = turn.map(one => arrivalOf(machine, one, seen))
          seen.push(...arrivals)
          machine.come(...arrivals)
          const { life } = machine
          // Whoever waits can be woken, and nobody is left with a timer that nobody will let go off.
          const kept = new Set(
            (life.mailbox ?? []).flatMap(arrival =>
              arrival.kind === "timer" && life.timers?.[arrival.name]?.fire === arrival.fire ? [arrival.name] : [],
            ),
          )
          const set = Object.keys(life.timers ?? {}).filter(name => !kept.has(name))
          expect(set.toSorted()).toEqual([...machine.timers.keys()].toSorted())
          for (const name of Object.values(life.children ?? {}).map(one => one.name)) expect(name).toBe("parts")
        }
        toTheEnd(machine)
        expect(hasEnded(machine.life)).toBe(true)
        // Once is enough.
        expect(Number(machine.life.data["undone"] ?? 0)).toBeLessThanOrEqual(1)
        expect(machine.come(...seen)).toBe(false)
      }),
      { numRuns: 40 },
    )
  })

  test("tells of each event and each child once, however often and however grouped they are brought [W51 W53]", () => {
    const counting = workflow({
      start: () =>
        step({ ids: [] as string[] })
          .spawn("parts", [ask(1), ask(2), ask(3)])
          .wait("it", {}, { mode: "each" }),
      on: {
        parts: child(({ data, outcome }) => step({ ids: [...(data["ids"] as string[]), outcome!.id] })),
        it: heard("It", ({ data, event }) => step({ ids: [...(data["ids"] as string[]), event!.id] })),
      },
    })
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat({ max: 7 }), { minLength: 1, maxLength: 5 }), { maxLength: 20 }), turns => {
        const machine = new Machine(counting)
        const events = Array.from({ length: 5 }, (_, n) => machine.event("It", { n }))
        const all: readonly Arrival[] = [...events, ...machine.children.map(id => machine.end(id))]
        // What happened comes in the order in which it happened, and again any time after that.
        let reached = 0
        for (const turn of turns) {
          const arrivals = turn.map(n => all[n >= 5 || n < reached ? n : reached++]!)
          machine.come(...arrivals)
        }
        machine.come(...all.slice(reached), ...all)
        const ids = machine.life.data["ids"] as string[]
        expect(new Set(ids).size).toBe(ids.length)
        expect(ids).toHaveLength(8)
      }),
      { numRuns: 100 },
    )
  })
})
