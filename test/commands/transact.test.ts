import { describe, expect, test } from "vitest"
import type { JsonObject } from "../../src/kernel/json.ts"
import { person, registryApp } from "./registry.ts"
import { refusalOf, storeNames, World } from "./world.ts"

describe.each(storeNames)("on %s", name => {
  const begin = async (...ops: JsonObject[]) => {
    const world = await World.on(name, registryApp)
    if (ops.length > 0) await world.transact(ops)
    return world
  }

  test("an id that is not known yet makes the entity, with its defaults; one that is known is changed [L7 L77]", async () => {
    const world = await begin()
    const made = await world.transact([person("ann", { age: 7 })])
    expect(made).toMatchObject({ state: "succeeded", t: 1, result: { ids: {} } })
    await world.transact([{ entity: "Person", id: "ann", set: { age: 8 } }])
    expect(await world.document("ann")).toEqual({ name: "ann", age: 8, status: "active" })
  })

  test("there is one event for each touched entity, with the attributes that differ, old and new [L9 L11 CE9]", async () => {
    const world = await begin(person("ann", { age: 7, tags: ["a"] }), person("bob"))
    const { events } = await world.transact([
      { entity: "Person", id: "ann", set: { age: 8 }, add: { tags: ["b"] } },
      { retract: "bob" },
      person("cid"),
    ])
    expect(events.map(e => [e.type, e.stream.id, e.stream.version, e.n, e.data])).toEqual([
      [
        "EntityChanged",
        "ann",
        2,
        0,
        { attributes: { age: { old: 7, new: 8 }, tags: { old: ["a"], new: ["a", "b"] } } },
      ],
      ["EntityRetracted", "bob", 2, 1, { attributes: { name: { old: "bob" }, status: { old: "active" } } }],
      ["EntityCreated", "cid", 1, 2, { attributes: { name: { new: "cid" }, status: { new: "active" } } }],
    ])
    const page = await world.daybook.events(1, { limit: 10 })
    expect(page.events.map(e => e.kind)).toEqual(["changed", "retracted", "created"])
  })

  test("what comes to nothing is no event [L10]", async () => {
    const world = await begin(person("ann", { age: 7, tags: ["a"] }))
    const { events, t, state } = await world.transact([
      person("ann", { age: "7", tags: ["a"] }),
      { cas: "ann", attr: "age", old: 7, new: 9 },
      { entity: "Person", id: "ann", set: { age: 7 }, add: { tags: ["a"] }, remove: { tags: ["z"] } },
      person("new"),
      { retract: "new" },
    ])
    expect([state, t, events]).toEqual(["succeeded", 2, []])
  })

  test("a name stands for a new id, the same all over the transaction, and is told [L77]", async () => {
    const world = await begin()
    const { result } = await world.transact([person("~ann", { boss: "~bob" }), person("~bob", { friends: ["~ann"] })], {
      id: "c-1",
    })
    const [ann, bob] = ["~ann", "~bob"].map(temp => world.daybook.ids.of("c-1", temp))
    expect(result).toEqual({ ids: { "~ann": ann, "~bob": bob } })
    expect(await world.document(ann!)).toMatchObject({ name: "~ann", boss: bob })
    expect(await world.document(bob!)).toMatchObject({ friends: [ann] })
  })

  test("an entity is found by an identity attribute, wherever one is named [L77]", async () => {
    const world = await begin(person("ann", { email: "ann@x.org" }), person("bob", { email: "bob@x.org" }))
    const at = (who: string) => ["Person/email", `${who}@x.org`]
    await world.transact([
      { entity: "Person", id: ["email", "ann@x.org"], set: { boss: ["email", "bob@x.org"], friends: at("bob") } },
      { entity: "Person", id: "bob", add: { friends: [at("ann"), "bob"] } },
      { cas: at("bob"), attr: "boss", old: null, new: at("ann") },
    ])
    expect(await world.document("ann")).toMatchObject({ boss: "bob", friends: ["bob"] })
    expect(await world.document("bob")).toMatchObject({ boss: "ann", friends: ["ann", "bob"] })
    await world.transact([{ entity: "Person", id: "bob", remove: { friends: [at("ann")] } }, { retract: at("ann") }])
    expect(await world.document("bob")).toMatchObject({ friends: ["bob"] })
    expect(await world.document("bob")).not.toHaveProperty("boss")
  })

  test("also one that the same transaction made, or one before it in the same batch", async () => {
    const world = await begin()
    const [, , third] = await Promise.all([
      world.transact([
        person("ann", { email: "ann@x.org" }),
        { entity: "Person", id: ["email", "ann@x.org"], set: { age: 1 } },
      ]),
      world.transact([{ entity: "Person", id: ["email", "ann@x.org"], set: { email: "new@x.org" } }]),
      world.transact([{ entity: "Person", id: ["email", "new@x.org"], set: { nick: "a" } }]),
    ])
    expect(third.events[0]?.stream).toMatchObject({ id: "ann", version: 3 })
    expect(await world.document("ann")).toMatchObject({ age: 1, email: "new@x.org", nick: "a" })
    expect((await refusalOf(world.transact([{ retract: ["Person/email", "ann@x.org"] }]))).code).toBe("not-found")
  })

  test("many values are added, removed, set and taken away; each is there once [L77]", async () => {
    const world = await begin(person("ann", { tags: ["a", "b", "a"], extra: [{ x: 1 }, { x: 1 }] }))
    expect(await world.document("ann")).toMatchObject({ tags: ["a", "b"], extra: [{ x: 1 }] })
    const change = (op: JsonObject) => world.transact([{ entity: "Person", id: "ann", ...op }])
    await change({ add: { tags: ["b", "c"], extra: [{ x: 2 }] }, remove: { tags: ["a"], extra: [{ x: 1 }] } })
    expect(await world.document("ann")).toMatchObject({ tags: ["b", "c"], extra: [{ x: 2 }] })
    await change({ set: { tags: "z", extra: null } })
    expect(await world.document("ann")).toEqual({ name: "ann", status: "active", tags: ["z"] })
    await change({ remove: { tags: ["z"] } })
    expect(await world.document("ann")).toEqual({ name: "ann", status: "active" })
  })

  test("a key that is undefined is absent: it says nothing of an attribute", async () => {
    const world = await begin(person("ann", { age: 7, tags: ["a"] }))
    await world.transact([{ entity: "Person", id: "ann", set: { age: undefined, nick: "n" } }])
    expect(await world.document("ann")).toMatchObject({ age: 7, nick: "n", tags: ["a"] })
  })

  test("cas changes a value if it is what the sender takes it to be, and else nothing at all [L77 L79]", async () => {
    const world = await begin(person("ann", { age: 7, tags: ["a"], boss: "ann" }))
    const cas = (attr: string, old: unknown, now: unknown) =>
      world.transact([person("bob"), { cas: "ann", attr, old, new: now } as JsonObject])
    const refusal = await refusalOf(cas("age", 6, 8))
    expect(refusal).toMatchObject({ code: "conflict", faults: [{ path: "/data/ops/1/old", code: "cas" }] })
    expect(await world.document("bob")).toBe(null)
    await cas("Person/age", "7", 8)
    await cas("tags", ["a"], ["b"])
    await cas("boss", "ann", null)
    await cas("nick", null, "n")
    expect(await world.document("ann")).toEqual({ name: "ann", status: "active", age: 8, tags: ["b"], nick: "n" })
  })

  test("an op may stand where a reference is: what it makes is pointed at [L77]", async () => {
    const world = await begin()
    const { result, events } = await world.transact([
      person("ann", {
        home: { set: { street: "Elm", room: { entity: "Room", id: "~room", set: { number: 3 } } } },
        pets: [{ id: "rex", set: { name: "Rex" } }, { set: { name: "Tom" } }],
        boss: { id: "bob", set: { name: "bob" } },
      }),
    ])
    expect(events).toHaveLength(6)
    const { "~room": room } = (result as { ids: Record<string, string> }).ids
    expect(await world.document(room!)).toEqual({ number: 3 })
    expect((result as { ids: object }).ids).toEqual({ "~room": room })
    const ann = await world.document("ann")
    expect(ann).toMatchObject({ boss: "bob", pets: ["rex", expect.any(String)] })
    expect(await world.document(ann?.["home"] as string)).toEqual({ street: "Elm", room })
  })

  test("a reference is set from its other side [L77]", async () => {
    const world = await begin(person("ann"), person("bob"))
    await world.transact([
      person("eve", { "Person/_boss": ["ann", "bob"], "Person/_friends": "ann" }),
      { entity: "Folder", id: "f", set: {} },
      { entity: "File", id: "g", set: {} },
      { entity: "Folder", id: "f", set: { "Document/_folder": ["g"] } },
    ])
    expect(await world.document("ann")).toMatchObject({ boss: "eve", friends: ["eve"] })
    expect(await world.document("bob")).toMatchObject({ boss: "eve" })
    expect(await world.document("g")).toEqual({ folder: "f" })
  })

  test("retracting an entity retracts its components, theirs, and every reference to any of them [L77]", async () => {
    const world = await begin(
      person("ann", {
        home: { id: "home", set: { street: "Elm", room: { id: "room", set: {} } } },
        pets: [{ id: "rex", set: {} }],
      }),
      person("bob", { boss: "ann", friends: ["ann", "bob"] }),
      { entity: "Team", id: "team", set: { title: "T", lead: "bob", any: "room" } },
    )
    const { events } = await world.transact([{ retract: "ann" }])
    const gone = events.filter(e => e.type === "EntityRetracted").map(e => e.stream.id)
    expect(gone.toSorted()).toEqual(["ann", "home", "rex", "room"])
    expect(await world.document("bob")).toEqual({ name: "bob", status: "active", friends: ["bob"] })
    expect(await world.document("team")).toEqual({ title: "T", lead: "bob" })
    expect(await world.findings()).toEqual([])
  })

  test("a reference that is given again to what an op before retracts is refused, though it was there [L77 L79]", async () => {
    const world = await World.on(name, registryApp)
    await world.transact([person("ann"), person("bob", { boss: "ann", friends: ["ann", "cid"] }), person("cid")])
    for (const given of [{ set: { boss: "ann" } }, { add: { friends: ["ann"] } }]) {
      const refusal = await refusalOf(world.transact([{ retract: "ann" }, { entity: "Person", id: "bob", ...given }]))
      expect(refusal.code).toBe("invalid")
      expect(refusal.message).toContain("points at ann, which is not there")
    }
    expect(await world.document("ann")).not.toBe(null)
    await world.transact([{ retract: "ann" }, { entity: "Person", id: "bob", set: { boss: "cid" } }])
    expect(await world.document("bob")).toMatchObject({ boss: "cid", friends: ["cid"] })
  })

  test("an entity that was retracted may come to be again, as it was typed [L10]", async () => {
    const world = await begin(person("ann", { age: 7 }))
    await world.transact([{ retract: "ann" }])
    const { events } = await world.transact([person("ann")])
    expect(events[0]).toMatchObject({ type: "EntityCreated", stream: { version: 3 } })
    expect(await world.document("ann")).toEqual({ name: "ann", status: "active" })
    await world.transact([{ retract: "ann" }, person("ann", { age: 1 })])
    await world.transact([{ retract: "ann" }])
    expect((await refusalOf(world.transact([{ entity: "Pet", id: "ann" }]))).code).toBe("conflict")
  })

  test("no two have the same unique value, in the store, in a batch or in one transaction", async () => {
    const world = await begin(person("ann", { nick: "a" }))
    const settled = await Promise.allSettled([
      world.transact([person("bob", { nick: "a" })]),
      world.transact([person("cid", { nick: "c" })]),
      world.transact([person("dan", { nick: "c" })]),
      world.transact([person("eve", { nick: "e" }), person("fay", { nick: "e" })]),
    ])
    expect(settled.map(s => s.status)).toEqual(["rejected", "fulfilled", "rejected", "rejected"])
    expect(settled[3]).toMatchObject({
      reason: { code: "conflict", faults: [{ path: "/data/ops/1/set/nick", code: "unique" }] },
    })
    expect(await world.daybook.basis()).toBe(2)
  })

  test("a unique value may be given up and taken in one transaction, and two may swap theirs", async () => {
    const world = await begin(person("ann", { nick: "a" }), person("bob", { nick: "b" }), person("cid", { nick: "c" }))
    await world.transact([person("ann", { nick: "b" }), person("bob", { nick: "a" })])
    await world.transact([{ retract: "cid" }, person("ann", { nick: "c" })])
    const nicks = await Promise.all(["ann", "bob"].map(async id => (await world.document(id))?.["nick"]))
    expect(nicks).toEqual(["c", "a"])
    expect(await (await world.daybook.snapshot()).idsBy("Person/nick", "a")).toEqual(["bob"])
    expect(await world.findings()).toEqual([])
  })

  test("a family shares its identities", async () => {
    const world = await begin({ entity: "Folder", id: "f", set: { key: "k" } })
    expect((await refusalOf(world.transact([{ entity: "File", id: "g", set: { key: "k" } }]))).code).toBe("conflict")
    await world.transact([{ entity: "File", id: "g", set: { folder: ["Document/key", "k"] } }])
    expect(await world.document("g")).toEqual({ folder: "f" })
  })

  test("values are read as their attributes store them", async () => {
    const world = await begin(person("ann", { age: "7", since: "2020-01-01T02:00:00+02:00", email: "a@x.org" }))
    expect(await world.document("ann")).toMatchObject({ age: 7, since: "2020-01-01T00:00:00.000Z" })
  })

  test("what a Transact expects is meant of its target, or without one of all that it touches [X2 X9]", async () => {
    const world = await begin(person("ann"), person("bob"))
    const change = (rest: object) =>
      world.transact([person("ann", { age: 1 }), person("bob", { age: 1 }), person("new")], rest)
    expect((await refusalOf(change({ basisT: 0 }))).code).toBe("conflict")
    expect((await refusalOf(change({ expectedVersion: 1 }))).code).toBe("conflict")
    expect((await change({ basisT: 1 })).state).toBe("succeeded")
    const targeted = (expectedVersion: number) =>
      world.ask("Transact", { type: "Person", id: "ann" }, { ops: [{ retract: "bob" }] }, { expectedVersion })
    expect((await refusalOf(targeted(1))).code).toBe("conflict")
    expect((await targeted(2)).state).toBe("succeeded")
  })

  test("a thousand ops are one transaction, and more than four thousand too large [CE11]", async () => {
    const world = await begin()
    const ops = Array.from({ length: 1_000 }, (_, i) => person(`p${i}`, { boss: `p${(i + 1) % 1_000}`, nick: `n${i}` }))
    const { events, t } = await world.transact(ops)
    expect([events.length, t]).toEqual([1_000, 1])
    expect(await world.findings()).toEqual([])
    const refusal = await refusalOf(world.transact(Array.from({ length: 4_001 }, () => person("one"))))
    expect(refusal.code).toBe("too-large")
  })

  test("what is sensitive is not kept with the command, and not told; the entity has it [CE8]", async () => {
    const world = await begin()
    const ops = [
      person("ann", { code: "s3cret", boss: { id: "bob", set: { name: "bob", "Person/code": "s3cret" } } }),
      { cas: "ann", attr: "code", old: "s3cret", new: "s3cret2" },
    ]
    const outcome = await world.transact(ops, { id: "c" })
    const page = await world.daybook.events(0, { limit: 9 })
    const told = [outcome, page, await world.daybook.stream("ann", 1, 9), await world.instance("c")]
    expect(JSON.stringify(told)).not.toContain("s3cret")
    expect(await world.document("ann")).toMatchObject({ code: "s3cret2" })
    expect(await world.transact(ops, { id: "c" })).toEqual(outcome)
    await refusalOf(world.transact([...ops, { retract: "none" }], { id: "bad" }))
    expect(JSON.stringify(await world.daybook.command("bad"))).not.toContain("s3cret")
    expect(await world.findings()).toEqual([])
  })
})
