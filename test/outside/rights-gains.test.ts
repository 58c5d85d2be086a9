import { expect, test } from "vitest"
import { serve, type Call } from "./rights-runner.ts"
import { pupils, school } from "./rights-school.ts"

// What somebody with few rights tries in order to have more; and what the refusal says, if it is one.
type Try = readonly [what: string, as: string, ops: readonly object[], expected: string]

const tries: readonly Try[] = [
  ["a role of one's own", "pia", [{ entity: "Person", id: "pia", set: { role: "head" } }], "forbidden"],
  ["by its full name", "pia", [{ entity: "Person", id: "pia", set: { "Person/role": "head" } }], "forbidden"],
  ["the same role again", "pia", [{ entity: "Person", id: "pia", set: { role: "pupil" } }], "forbidden"],
  ["a role taken away", "pia", [{ entity: "Person", id: "pia", set: { role: null } }], "forbidden"],
  ["by cas", "pia", [{ cas: "pia", attr: "role", old: "pupil", new: "head" }], "forbidden"],
  ["another class", "pia", [{ entity: "Person", id: "pia", set: { class: "1b" } }], "forbidden"],
  [
    "a class of one's own, and into it backwards",
    "pia",
    [{ entity: "Class", id: "~c", set: { teacher: "pia", "Person/_class": ["pia"] } }],
    "forbidden",
  ],
  [
    "somebody else into a class of one's own",
    "pia",
    [{ entity: "Class", id: "~c", set: { teacher: "pia", "Person/_class": ["pit"] } }],
    "forbidden",
  ],
  ["a new person", "pia", [{ entity: "Person", id: "~p", set: { name: "X", role: "head" } }], "forbidden"],
  [
    "oneself made anew",
    "pia",
    [{ retract: "pia" }, { entity: "Person", id: "pia", set: { role: "head" } }],
    "forbidden",
  ],
  ["an exam opened", "pia", [{ entity: "Sheet", id: "exam", set: { open: true } }], "not-found"],
  [
    "an exam nested in a sheet",
    "pia",
    [{ entity: "Sheet", id: "sums", set: { next: { id: "exam", set: { title: "X" } } } }],
    "forbidden",
  ],
  ["a sheet closed", "pia", [{ entity: "Sheet", id: "sums", set: { open: false } }], "forbidden"],
  ["groups onto an exam", "pia", [{ entity: "Sheet", id: "sums", set: { next: "exam" } }], "invalid"],
  ["answers written", "pia", [{ entity: "Sheet", id: "sums", set: { answers: "4" } }], "forbidden"],
  ["answers tried", "pia", [{ cas: "sums", attr: "answers", old: "4", new: "4" }], "forbidden"],
  ["answers taken away", "pia", [{ entity: "Sheet", id: "sums", set: { answers: null } }], "forbidden"],
  ["a sheet retracted", "pia", [{ retract: "sums" }], "forbidden"],
  [
    "a sheet under a class of one's own",
    "pia",
    [
      { entity: "Class", id: "~c", set: { teacher: "pia" } },
      { entity: "Sheet", id: "sums", set: { class: "~c" } },
    ],
    "forbidden",
  ],
  [
    "a class nested in a sheet",
    "pia",
    [{ entity: "Sheet", id: "sums", set: { class: { entity: "Class", id: "~c", set: { teacher: "pia" } } } }],
    "forbidden",
  ],
  [
    "a new sheet before one that is there",
    "pia",
    [
      { entity: "Class", id: "~c", set: { teacher: "pia" } },
      { entity: "Sheet", id: "~s", set: { class: "~c", next: "sums" } },
    ],
    "forbidden",
  ],
  [
    "a sheet set before another one from its other side",
    "tess",
    [{ entity: "Sheet", id: "sums", set: { "Sheet/_next": ["other"] } }],
    "conflict",
  ],
  [
    "a sheet of one's own before another's",
    "tess",
    [{ entity: "Sheet", id: "other", set: { next: "sums" } }],
    "invalid",
  ],
  ["a mark of another as a part", "pia", [{ entity: "Sheet", id: "sums", add: { marks: ["mark-pit"] } }], "invalid"],
  ["points", "pia", [{ entity: "Mark", id: "mark-pia", set: { points: 100 } }], "forbidden"],
  [
    "points, and what allows them at once",
    "pia",
    [
      { entity: "Class", id: "~c", set: { teacher: "pia" } },
      { entity: "Mark", id: "mark-pia", set: { by: "~c", points: 100 } },
    ],
    "forbidden",
  ],
  [
    "a mark made anew in one go",
    "pit",
    [{ retract: "mark-pit" }, { entity: "Mark", id: "mark-pit", set: { pupil: "pit", points: 100 } }],
    "forbidden",
  ],
  [
    "a mark of another's made one's own",
    "pia",
    [{ entity: "Mark", id: "mark-pit", set: { pupil: "pia" } }],
    "forbidden",
  ],
  ["a new mark", "pia", [{ entity: "Mark", id: "~m", set: { pupil: "pia", points: 6 } }], "forbidden"],
  ["a class that is there, taken", "pia", [{ entity: "Class", id: "1a", set: { teacher: "pia" } }], "conflict"],
  ["a class that is there, of another type", "pia", [{ entity: "Mark", id: "1a", set: { pupil: "pia" } }], "forbidden"],
  ["anything as nobody", "anonymous", [{ entity: "Class", id: "~c", set: { name: "X" } }], "forbidden"],
  ["anything as somebody unknown", "nobody", [{ entity: "Class", id: "~c", set: { teacher: "nobody" } }], "forbidden"],
  [
    "a role for oneself who is not there yet",
    "newcomer",
    [{ entity: "Person", id: "newcomer", set: { role: "head" } }],
    "forbidden",
  ],
]

const state = async (call: Call): Promise<unknown> => {
  const everything = { find: ["?e", "?a", "?v"], where: [["?e", "?a", "?v"]] }
  return (
    (await call("/query", "system", { ...everything, in: [], find: ["?e", "?a", "?v"] })).body as { result: unknown }
  ).result
}

test("nobody gains a right, and of what is refused nothing is written [L77 L79 L31]", async () => {
  const call = await serve(school)
  expect((await call("/commands", "system", { type: "Transact", data: { ops: pupils } })).status).toBe(200)
  const before = await state(call)
  expect(before).toContainEqual(["sums", "Sheet/answers", "4"])
  const said: string[] = []
  for (const [what, as, ops] of tries) {
    const { status, body } = await call("/commands", as, { type: "Transact", data: { ops } })
    said.push(`${what}: ${status === 200 ? "done" : (body as { code: string }).code}`)
  }
  expect(said).toEqual(tries.map(([what, , , expected]) => `${what}: ${expected}`))
  expect(await state(call)).toEqual(before)
})

test("nobody makes an entity that would stand for who may do everything [L77]", async () => {
  const call = await serve(school)
  for (const as of ["system", "system-to-be"]) {
    for (const id of ["system", "anonymous"]) {
      const ops = [{ entity: "Class", id, set: { name: "X", teacher: null } }]
      expect((await call("/commands", as, { type: "Transact", data: { ops } })).status).not.toBe(200)
    }
  }
  const ops = [{ entity: "Class", id: "system", set: { name: "X" } }]
  expect(await call("/commands", "system", { type: "Transact", data: { ops } })).toMatchObject({
    status: 422,
    body: { errors: [{ code: "id", message: "would make the entity system, which is no entity's name" }] },
  })
})

test("explaining names nobody whom one may not read, and others' rights are for who operates [L72]", async () => {
  const call = await serve(school)
  await call("/commands", "system", { type: "Transact", data: { ops: pupils } })
  // She reads the sheet through a class that she does not.
  const own = await call("/explain?entity=sums", "pia")
  expect(own.body).toMatchObject({ allowed: true, groups: ["reader"], paths: [{ group: "reader", from: null }] })
  expect(JSON.stringify(own.body)).not.toContain("1a")
  const exam = JSON.stringify(await call("/explain?entity=exam", "pia"))
  expect(exam).toBe(JSON.stringify(await call("/explain?entity=nothing", "pia")))
  for (const subject of ["hedy", "system", "anonymous", "nothing"]) {
    expect((await call(`/explain?entity=sums&subject=${subject}`, "pia")).status).toBe(403)
    expect((await call("/check", "pia", [{ subject, entity: "sums" }])).status).toBe(403)
  }
  expect((await call("/explain?entity=sums&subject=pia&asOf=0", "pia")).status).toBe(403)
  const headAsks = await call("/check", "hedy", [{ subject: "pia", entity: "exam", permission: "read" }])
  expect(headAsks.body).toEqual([{ allowed: false, groups: [], permissions: [] }])
})

test("rights that a command takes away are gone for the next one, and those it gives are there [L77 QS7]", async () => {
  const call = await serve(school)
  const transact = (as: string, ...ops: object[]) => call("/commands", as, { type: "Transact", data: { ops } })
  await transact("system", ...pupils)
  const reads = async (as: string, id: string) =>
    ((await call("/query", as, { pull: ["title"], of: id })).body as { result: object | null }).result !== null
  expect([await reads("pia", "exam"), await reads("quin", "exam")]).toEqual([false, false])
  expect((await transact("tom", { entity: "Sheet", id: "exam", set: { open: true } })).status).toBe(200)
  expect([await reads("pia", "exam"), await reads("quin", "exam")]).toEqual([true, false])
  expect((await transact("system", { entity: "Person", id: "pia", set: { class: "1b" } })).status).toBe(200)
  expect([await reads("pia", "exam"), await reads("pia", "other")]).toEqual([false, true])
  expect((await transact("system", { entity: "Class", id: "1b", set: { teacher: null } })).status).toBe(200)
  expect([await reads("tess", "other"), await reads("pia", "other")]).toEqual([false, true])
  expect((await transact("tess", { entity: "Sheet", id: "other", set: { open: false } })).body).toMatchObject({
    code: "not-found",
  })
  expect((await transact("system", { retract: "pia" })).status).toBe(200)
  expect([await reads("pia", "other"), await reads("quin", "other")]).toEqual([false, true])
})
