import type { App } from "daybook"
import { emptyMemory, memoryStore, testApp, type TestApp } from "daybook/testing"
import { expect, test } from "vitest"
import app from "./app.ts"
import { command } from "./parts.ts"
import { roster } from "./roster.ts"

const first = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c01"
const second = "0f1d6f6e-95a5-4c0f-8a1a-7d6a2f4b1c02"
const without: App = { ...app, projections: [] }

// A term of school: two rosters, some coming and going.
async function term(school: TestApp): Promise<void> {
  await school.ask(command("CreateRoster", "biology", { name: "Biology" }))
  await school.ask(command("CreateRoster", "chemistry", { name: "Chemistry" }))
  await school.ask(command("AddPeriod", "biology", { period: first }))
  await school.ask(command("AddPeriod", "chemistry", { period: second }))
  for (const student of ["joe", "ann", "kim"]) {
    await school.ask(command("EnrollStudent", "biology", { student, period: first }))
    await school.ask(command("EnrollStudent", "chemistry", { student, period: second }))
  }
  await school.ask(command("DropStudent", "chemistry", { student: "joe", period: second }))
  await school.ask(command("DropStudent", "chemistry", { student: "joe", period: second }))
  await school.settle()
}

const expected = [
  { key: first, row: { roster: "biology", students: ["joe", "ann", "kim"] } },
  { key: second, row: { roster: "chemistry", students: ["ann", "kim"] } },
]

const rowsOf = ({ daybook }: TestApp) => daybook.list("who-is-where", { limit: 10 })

test("who is where is there to be read, compiled from the events of all rosters [N45 N46]", async () => {
  const school = await testApp(app)
  await term(school)
  expect(await rowsOf(school)).toEqual(expected)
  expect((await school.daybook.rows("who-is-where", [second])).get(second)).toEqual(expected[1]?.row)
  await school.close()
})

test("a row can be read as soon as the t of one's own command has been reached [N46 N51]", async () => {
  const school = await testApp(app)
  await term(school)
  const { t } = await school.ask(command("DropStudent", "biology", { student: "kim", period: first }))
  await school.daybook.waitFor(t, { projection: "who-is-where" })
  expect((await school.daybook.rows("who-is-where", [first])).get(first)).toMatchObject({ students: ["joe", "ann"] })
  expect(await school.daybook.projections()).toMatchObject([{ name: "who-is-where", lag: 0, error: null }])
  await school.close()
})

test("rosters know nothing of it [N47]", () => {
  expect(JSON.stringify(Object.keys(roster))).not.toContain("projection")
  expect(Object.keys(roster.decide)).toEqual([
    "CreateRoster",
    "AddPeriod",
    "EnrollStudent",
    "DropStudent",
    "MoveStudent",
  ])
})

test("added late it shows what it would show had it been there from the beginning [N48 N49]", async () => {
  const memory = emptyMemory()
  const before = await testApp(without, { store: () => memoryStore({ memory }) })
  await term(before)
  await before.close()
  const later = await testApp(app, { store: () => memoryStore({ memory }), seed: "later" })
  await later.settle()
  expect(await rowsOf(later)).toEqual(expected)
  await later.close()
})

test("removed, it is missed by nobody; put back, it has not missed anything [N48]", async () => {
  const memory = emptyMemory()
  const store = () => memoryStore({ memory })
  const withIt = await testApp(app, { store })
  await withIt.ask(command("CreateRoster", "physics", { name: "Physics" }))
  await withIt.close()
  const withoutIt = await testApp(without, { store, seed: "without" })
  await term(withoutIt)
  await withoutIt.close()
  const again = await testApp(app, { store, seed: "again" })
  await again.settle()
  expect(await rowsOf(again)).toEqual(expected)
  await again.close()
})

test("built again it is the same as it was kept up to date, and can be read all the while [N48 N49]", async () => {
  const school = await testApp(app)
  await term(school)
  const rebuilding = school.daybook.rebuild("who-is-where")
  expect(await rowsOf(school)).toEqual(expected)
  await rebuilding
  expect(await rowsOf(school)).toEqual(expected)
  await school.close()
})

test("a welcome follows each enrolment, once for each place, and all is at rest in the end [N51 N54]", async () => {
  const school = await testApp(app)
  await term(school)
  expect(await school.events("StudentWelcomed")).toHaveLength(6)
  expect(await school.state("joe")).toEqual({
    welcomes: [
      { roster: "biology", period: first },
      { roster: "chemistry", period: second },
    ],
  })
  await school.ask(command("EnrollStudent", "chemistry", { student: "joe", period: second }))
  await school.settle()
  expect(await school.events("StudentWelcomed")).toHaveLength(6)
  await school.close()
})
