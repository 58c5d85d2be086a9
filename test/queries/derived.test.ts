import { expect, test } from "vitest"
import { daybook } from "../../src/app/define.ts"
import { partsOf } from "../../src/app/parts.ts"
import { testApp } from "../../src/testing/app.ts"
import { asked, portal } from "./portal.ts"
import portalSchema from "../../examples/portal/schema.json" with { type: "json" }

const { derived, query } = partsOf(portalSchema).adapters<{
  readonly weather: { readonly at: (ids: readonly string[]) => Promise<readonly string[]> }
}>()

const titleLength = derived("Document/titleLength", {
  needs: ["title"],
  resolve: ({ entities, params }) =>
    entities.map(({ attributes }) => (attributes.title ?? "").length + Number(params["plus"] ?? 0)),
})
const notesLength = derived("Document/notesLength", {
  needs: ["notes"],
  resolve: ({ entities }) => entities.map(({ attributes }) => attributes.notes?.length ?? 0),
})
const weather = derived("Org/weather", {
  timeoutMs: 200,
  resolve: async ({ entities, weather }) => {
    const found = await weather.at(entities.map(({ id }) => id))
    return found.map(sky => ({ sky, place: { town: "here", code: 7 } }))
  },
})

test("a derived attribute is asked once for all entities of a level, with its parameters [L71 L73]", async () => {
  let calls = 0
  const counting = derived("Document/counted", {
    resolve: ({ entities }) => {
      calls += 1
      return entities.map(({ id, attributes }) => `${id} ${Object.keys(attributes).length}`)
    },
  })
  const app = await portal(undefined, { derived: [titleLength, counting] })
  const pull = ["titleLength", ["titleLength", { plus: 10, as: "more" }], { "Document/_folder": ["counted"] }]
  expect(await asked(app, { pull, of: "plans" })).toEqual({
    titleLength: 5,
    more: 15,
    "Document/_folder": [{ counted: "budget 0" }, { counted: "diary 0" }],
  })
  expect(calls).toBe(1)
  await app.close()
})

test("who may not see what it is derived from does not see it, nor that of an entity they may not read [L70 L71]", async () => {
  const app = await portal(undefined, { derived: [notesLength] })
  const body = { pull: ["title", "notesLength", { "Document/_folder": ["notesLength"] }], of: "plans" }
  expect(await asked(app, body, "alice")).toEqual({
    title: "Plans",
    notesLength: 12,
    "Document/_folder": [{ notesLength: 13 }],
  })
  expect(await asked(app, body, "carol")).toEqual({ title: "Plans", "Document/_folder": [{}] })
  await app.close()
})

test("what is elsewhere stands in the same graph; what cannot be had is null, and the answer says why [L73 QS8]", async () => {
  const skies = { at: async (ids: readonly string[]) => ids.map(() => "blue") }
  const app = await portal(undefined, { derived: [weather], adapters: { weather: skies } })
  const pull = [{ org: ["name", { weather: ["sky", { place: ["town"] }] }] }]
  const ask = () => app.daybook.query({ pull, of: "plans" }, { principal: "system" })
  expect((await ask()).result).toEqual({ org: { name: "Acme", weather: { sky: "blue", place: { town: "here" } } } })

  skies.at = () => Promise.reject(new Error("The service is away"))
  const error = { path: "/result/org/weather", source: "Org/weather" }
  expect(await ask()).toEqual({
    basisT: 1,
    result: { org: { name: "Acme", weather: null } },
    errors: [{ ...error, message: "The service is away" }],
  })
  skies.at = () => Promise.resolve([])
  expect((await ask()).errors).toEqual([{ ...error, message: expect.stringContaining("one value for each of 1") }])
  skies.at = () => new Promise(() => {})
  const late = ask()
  await app.clock.advance(300)
  expect((await late).errors).toEqual([{ ...error, message: "It did not answer within 200 ms" }])
  await app.close()
})

test("a derived attribute without which there is no answer fails the query [L71]", async () => {
  const broken = derived("Org/broken", { onError: "fail", resolve: () => Promise.reject(new Error("no")) })
  const app = await portal(undefined, { derived: [broken] })
  await expect(asked(app, { pull: ["broken"], of: "acme" })).rejects.toMatchObject({ code: "unavailable" })
  await app.close()
})

test("a named query reads with the eyes of whoever asks it, at one moment [QS2 QS6 X15]", async () => {
  const titles = query<{ readonly of: string }>("titles", {
    data: { type: "object", properties: { of: { type: "string" } }, required: ["of"] },
    run: async ({ data, asker, pull, find, t }) => ({
      asker: asker.principal,
      t,
      one: await pull(["title"], data.of),
      all: await find({ find: [["?t", "..."]], where: [["?d", "Document/title", "?t"]], order: [["?t", "asc"]] }),
    }),
  })
  const circle = query("circle", { run: ({ ask }) => ask({ name: "circle" }) })
  const app = await portal(undefined, { queries: [titles, circle] })
  const ask = (principal: string, data: object = { of: "diary" }) =>
    asked(app, { name: "titles", data: { ...data } }, principal)
  expect(await ask("dave")).toEqual({ asker: "dave", t: 1, one: null, all: ["Offer", "Terms"] })
  expect(await ask("bob")).toMatchObject({ one: { title: "Diary" }, all: { length: 5 } })
  await expect(ask("bob", {})).rejects.toMatchObject({ code: "invalid", faults: [{ path: "/data/of" }] })
  await expect(asked(app, { name: "circle" })).rejects.toMatchObject({ code: "too-large" })
  await expect(asked(app, { name: "nothing" })).rejects.toMatchObject({ code: "not-found" })
  await app.close()
})

test("what does not fit is said when the app is opened, all of it at once [A7 L71]", async () => {
  const resolve = () => []
  const opening = testApp(
    daybook({
      schema: portalSchema,
      derived: [
        derived("Nobody/x" as "User/x", { resolve }),
        derived("File/title", { resolve }),
        derived("User/age", { needs: ["birthday" as "name"], resolve }),
        derived("User/twice", { resolve }),
        derived("User/twice", { resolve }),
        derived("User/asks", { resolve, inject: ["nobody"] }),
      ],
      queries: [
        query("q", { run: () => 1 }),
        query("q", { run: () => 2 }),
        query("bad", { data: { type: 5 }, run: () => 3 }),
      ],
    }),
  )
  const message = await opening.then(
    () => "",
    (error: unknown) => String(error),
  )
  for (const part of [
    'There is no entity "Nobody"',
    "has the name of an attribute that File stores",
    'There is no attribute "birthday" of User',
    "There are two derived attributes User/twice",
    "asks for nobody",
    "There are two queries q",
    "The data of the query bad is no JSON Schema",
  ]) {
    expect(message).toContain(part)
  }
})
