import { deepStrictEqual } from "node:assert/strict"
import { describe, test } from "vitest"
import { limits } from "../kernel/limits.ts"
import type { Mutex, Turn } from "../ports/mutex.ts"
import type { Store } from "../ports/store.ts"
import { simulatedClock, type SimulatedClock } from "./clock.ts"
import { emptyMemory, memoryStore } from "./memory-store.ts"
import { anEvent, anInstance, aTransaction } from "./writes.ts"

/** Makes the mutex of one process on a store that others share. */
export type MakeMutex = (parts: {
  readonly store: Store
  readonly clock: SimulatedClock
  readonly holder: string
}) => Mutex

/** Where two processes meet: what each of them sees of one store, and how time passes for them and for its leases. */
export type MutexGround = {
  readonly stores: readonly [Store, Store]
  readonly clock: SimulatedClock
  readonly pass: (ms: number) => Promise<void>
  readonly close: () => Promise<void>
}

/** Makes a place to meet at, with nothing in it. */
export type OpenGround = () => Promise<MutexGround>

/** Where an instance stands: its last t, and the version of its stream. */
type Place = { readonly t: number; readonly version: number }

/** Two processes on one store, and an instance of which both may take steps. */
type MutexStage = {
  readonly pass: MutexGround["pass"]
  readonly one: Mutex
  readonly two: Mutex
  readonly read: () => Promise<Place>
  /** Commits the step that follows a place under a turn. Says whether it is there. */
  readonly commit: (place: Place, turn: Turn) => Promise<boolean>
}

/** One promise of the port, and how it is tried. It throws when the promise is not kept. */
export type MutexCase = { readonly name: string; readonly run: (make: MakeMutex, open?: OpenGround) => Promise<void> }

/** Every promise of `ports/mutex.ts`, as a list to run. */
export const mutexCases: readonly MutexCase[] = [
  mutexCase("whoever has the turn takes the step, and then the next one", async ({ one, read, commit }) => {
    for (let n = 0; n < 3; n++) {
      const turn = await turnOf(one)
      equal(await commit(await read(), turn), true)
      await turn.end(false)
    }
    equal((await read()).version, 4)
  }),

  mutexCase("of two who take a step from the same place one commits it", async ({ one, two, read, commit }) => {
    const place = await read()
    const turns = [await one.take("i"), await two.take("i")].filter(turn => turn !== null)
    const done = await Promise.all(turns.map(async turn => commit(place, turn)))
    equal(done.filter(Boolean).length, 1)
    equal((await read()).version, 2)
  }),

  mutexCase(
    "whoever slept for longer than a lease, while another took the step, changes nothing",
    async ({ pass, one, two, read, commit }) => {
      const place = await read()
      const asleep = await turnOf(one)
      await pass(limits.leaseMs + 1)
      const turn = await turnOf(two)
      equal(await commit(place, turn), true)
      equal(await commit(place, asleep), false)
      await asleep.end(true)
      await turn.end(false)
      // Awake again, it takes its turn as anybody does.
      equal(await commit(await read(), await turnOf(one)), true)
      equal((await read()).version, 3)
    },
  ),

  mutexCase(
    "whoever died with a turn holds nobody up for longer than a lease",
    async ({ pass, one, two, read, commit }) => {
      await one.take("i")
      await pass(limits.leaseMs + 1)
      equal(await commit(await read(), await turnOf(two)), true)
    },
  ),

  mutexCase("a turn that was given back is anybody's at once", async ({ one, two, read, commit }) => {
    await (await turnOf(one)).end(false)
    equal(await commit(await read(), await turnOf(two)), true)
  }),

  mutexCase("nobody waits for steps of other instances for good", async ({ one, two }) => {
    for (let n = 0; n < 600; n++) await (await turnOf(n % 2 === 0 ? one : two, `other ${n}`)).end(false)
    const [first, second] = [await turnOf(one, "a"), await turnOf(one, "a")]
    await first.end(false)
    await second.end(false)
    await (await turnOf(two, "a")).end(false)
  }),
]

/** The second half of the port: registers every case as a test of this adapter. */
export function mutexContract(name: string, make: MakeMutex, open: OpenGround = inMemory): void {
  describe(`${name} keeps the promises of a mutex:`, () => {
    // A case brings its sentence, and throws by itself when it is not so.
    // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title
    for (const { name: promise, run } of mutexCases) test(`${promise} [W50 W52 W54 X13]`, () => run(make, open))
  })
}

function mutexCase(name: string, body: (stage: MutexStage) => Promise<void>): MutexCase {
  return {
    name,
    async run(make, open = inMemory) {
      const ground = await open()
      try {
        await body(await staged(ground, make))
      } finally {
        await ground.close()
      }
    },
  }
}

async function staged({ stores: [a, b], clock, pass }: MutexGround, make: MakeMutex): Promise<MutexStage> {
  const [one, two] = [make({ store: a, clock, holder: "one" }), make({ store: b, clock, holder: "two" })]
  const begun = { id: "i", instance: anInstance({ id: "i", state: "waiting" }), events: [stepped(1)] }
  await a.commit([aTransaction(begun)])
  const read = async () => {
    const [instance] = await a.commands.find(["i"])
    const [head] = await a.entities.heads(["instance:i"])
    return { t: instance!.t, version: head!.version }
  }
  const commit = async ({ t, version }: Place, { fence }: Turn) => {
    const step = { ...begun, first: false, follows: t, events: [stepped(version + 1)] }
    const [outcome] = await b.commit([aTransaction(fence === undefined ? step : { ...step, fence })])
    return outcome?.kind === "done"
  }
  return { pass, one, two, read, commit }
}

/** Two processes on one memory. */
const inMemory: OpenGround = async () => {
  const [clock, memory] = [simulatedClock(), emptyMemory()]
  const store = () => memoryStore({ clock, memory, isShared: true })
  return { stores: [store(), store()], clock, pass: ms => clock.advance(ms), close: async () => {} }
}

function stepped(version: number) {
  return anEvent({ type: "InstanceStepped", stream: { type: "CommandInstance", id: "instance:i", version } })
}

async function turnOf(mutex: Mutex, id = "i"): Promise<Turn> {
  const turn = await mutex.take(id)
  if (turn === null) throw new Error(`The turn of ${id} is another's`)
  return turn
}

const equal: typeof deepStrictEqual = deepStrictEqual
