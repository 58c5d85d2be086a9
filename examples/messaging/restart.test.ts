import type { Store } from "daybook"
import { memoryStore, type TestApp } from "daybook/testing"
import { expect, test } from "vitest"
import { activitiesOf, ann, messaging, usage } from "./servers/story.ts"
import { fakeTransport } from "./transports/fake.ts"

const bob = { ...ann, name: "Bob" }
const asked = { id: "asked", ...usage("u", [ann, bob], ["sms", "letter"]) }

// How many more commits the process lives to see. What it writes after that never comes back.
type Lifetime = { commits: number }

function mortalStore(lifetime: Lifetime): Store {
  const store = memoryStore()
  const commit: Store["commit"] = writes => {
    lifetime.commits -= 1
    return lifetime.commits < 0 ? new Promise<never>(() => {}) : store.commit(writes)
  }
  return { ...store, commit }
}

async function begin() {
  const lifetime: Lifetime = { commits: Infinity }
  const transport = fakeTransport()
  const story = await messaging(transport, { store: mortalStore(lifetime) })
  await story.settle()
  return { story, transport, lifetime }
}

// A life: the usage is asked for, as by a sender who has not been answered yet, and whatever can happen does. Whether
// there was nothing left to do before it ended.
async function live(story: TestApp, lifetime: Lifetime, commits: number): Promise<boolean> {
  lifetime.commits = commits
  story.daybook.request(asked, { actor: "system" }).catch(() => {})
  await story.clock.advance(1_000)
  return lifetime.commits > 0
}

// How often anything was asked to be sent, also what was sent before.
function sendingsOf(story: TestApp): number {
  return story.adapter("transports").calls.filter(({ method }) => method.endsWith(".send")).length
}

async function undisturbed() {
  const { story, lifetime } = await begin()
  await live(story, lifetime, Infinity)
  const activities = await activitiesOf(story, "u")
  await story.close()
  return activities
}

test("a crash between any two commits comes to the same end, and nothing is sent twice [L13 L18]", async () => {
  const expected = await undisturbed()
  expect(Object.values(expected).map(({ status }) => status)).toEqual(["sent", "sent", "sent", "sent"])
  let crashes = 0
  for (let isDone = false; !isDone; crashes += 1) {
    const { story, transport, lifetime } = await begin()
    isDone = await live(story, lifetime, crashes)
    await story.restart()
    await live(story, lifetime, Infinity)
    expect(await activitiesOf(story, "u")).toEqual(expected)
    expect([transport.sent.size, sendingsOf(story)]).toEqual([4, 4])
    await story.close()
  }
  expect(crashes).toBeGreaterThan(4)
})

test("even a process that dies at every second commit gets there in the end [L13 L18]", async () => {
  const { story, transport, lifetime } = await begin()
  let lives = 1
  for (; !(await live(story, lifetime, 2)); lives += 1) await story.restart()
  expect(await activitiesOf(story, "u")).toEqual(await undisturbed())
  expect([transport.sent.size, sendingsOf(story)]).toEqual([4, 4])
  expect(lives).toBeGreaterThan(2)
  await story.close()
})
