import { put, type Model } from "./rights-runner.ts"

// What the suites of OpenFGA and SpiceDB try at their edges: names that change on the way round, what has expired, ways that
// are open for one reason and shut for another.

const user = { attributes: {} }
const users = { type: "ref", many: true, to: ["User"] }
const is = (attribute: string) => ({ reaches: ["$self", [attribute], "$security"] })
const all = (...ids: string[]) => ids.map(id => put(id, "User"))
const [anne, beth, carl, dirk] = ["user:anne", "user:beth", "user:carl", "user:dirk"] as const
const four = [anne, beth, carl, dirk]

const renamed: Model = {
  name: "groups that are called otherwise behind each reference, and come round to themselves",
  entities: {
    User: user,
    Room: {
      attributes: {
        owner: users,
        next: {
          type: "ref",
          to: ["Room"],
          propagate: [
            { direction: "forward", when: true, groups: { owner: "guest", guest: "passer", passer: "passer" } },
          ],
        },
      },
      assign: [{ group: "owner", when: is("owner") }],
      permissions: { read: ["owner", "guest", "passer"], write: "owner", stay: ["owner", "guest"] },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        ...["a", "b", "c"].map(id => put(`room:${id}`, "Room")),
        put("room:a", "Room", { next: "room:b", owner: [anne] }),
        put("room:b", "Room", { next: "room:c" }),
        put("room:c", "Room", { next: "room:a", owner: [beth] }),
      ],
      may: {
        "room:a": { read: [anne, beth], write: [anne], stay: [anne, beth] },
        "room:b": { read: [anne, beth], write: [], stay: [anne] },
        "room:c": { read: [anne, beth], write: [beth], stay: [beth] },
      },
      groups: {
        "room:a": { [anne]: ["owner", "passer"], [beth]: ["guest", "passer"], [carl]: [] },
        "room:b": { [anne]: ["guest", "passer"], [beth]: ["passer"] },
        "room:c": { [anne]: ["passer"], [beth]: ["owner", "passer"] },
      },
    },
    {
      ops: [put("room:b", "Room", { next: null })],
      may: {
        "room:a": { read: [anne, beth], write: [anne], stay: [anne, beth] },
        "room:b": { read: [anne, beth], write: [], stay: [anne] },
        "room:c": { read: [beth], write: [beth], stay: [beth] },
      },
      groups: { "room:a": { [anne]: ["owner"], [beth]: ["guest"] }, "room:c": { [anne]: [], [beth]: ["owner"] } },
    },
  ],
}

const expiring: Model = {
  name: "a grant holds until the instant that it names, by the clock that it points at",
  entities: {
    User: user,
    Clock: { attributes: { now: { type: "instant" } } },
    Grant: {
      attributes: {
        to: users,
        until: { type: "instant" },
        clock: { type: "ref", to: ["Clock"] },
        on: {
          type: "ref",
          to: ["Doc"],
          propagate: [
            {
              direction: "forward",
              groups: ["viewer"],
              when: { lt: [{ path: ["$parent", "clock", "Clock/now"] }, { path: ["$parent", "until"] }] },
            },
          ],
        },
      },
      assign: [
        { group: "viewer", when: is("to") },
        { group: "holder", when: is("to") },
      ],
      permissions: { read: "holder" },
    },
    Doc: { attributes: {}, permissions: { read: "viewer", held: "holder" } },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("clock:1", "Clock", { now: "2026-01-01T00:00:00Z" }),
        put("doc:1", "Doc"),
        put("grant:1", "Grant", { to: [anne], until: "2026-01-02T00:00:00Z", clock: "clock:1", on: "doc:1" }),
        put("grant:2", "Grant", { to: [beth], until: "2026-01-01T00:00:00Z", clock: "clock:1", on: "doc:1" }),
        put("grant:3", "Grant", { to: [carl], clock: "clock:1", on: "doc:1" }),
        put("grant:4", "Grant", { to: [dirk], until: "2026-01-03T01:00:00+01:00", clock: "clock:1", on: "doc:1" }),
      ],
      may: {
        "doc:1": { read: [anne, dirk], held: [] },
        "grant:1": { read: [anne] },
        "grant:2": { read: [beth] },
      },
    },
    { ops: [put("clock:1", "Clock", { now: "2026-01-02T00:00:00Z" })], may: { "doc:1": { read: [dirk] } } },
    { ops: [put("clock:1", "Clock", { now: "2026-01-02T23:59:59.999Z" })], may: { "doc:1": { read: [dirk] } } },
    { ops: [put("clock:1", "Clock", { now: "2026-01-03T00:00:00Z" })], may: { "doc:1": { read: [] } } },
    { ops: [put("grant:2", "Grant", { until: "2027-01-01T00:00:00Z" })], may: { "doc:1": { read: [beth] } } },
    { ops: [{ retract: "clock:1" }], may: { "doc:1": { read: [] } } },
  ],
}

const ways: Model = {
  name: "ways of which each lets something else through, and what is denied at the end of all",
  entities: {
    User: user,
    Hub: {
      attributes: {
        lead: users,
        crew: users,
        level: { type: "integer" },
        wide: { type: "ref", many: true, to: ["Job"], propagate: [{ direction: "forward", when: true }] },
        narrow: {
          type: "ref",
          many: true,
          to: ["Job"],
          propagate: [{ direction: "forward", when: { gte: [{ path: ["$parent", "level"] }, 2] }, groups: ["crew"] }],
        },
      },
      assign: [
        { group: "lead", when: is("lead") },
        { group: "crew", when: is("crew") },
      ],
      implies: { lead: ["crew"] },
      permissions: { read: "crew" },
    },
    Job: {
      attributes: {
        barred: users,
        state: { type: "enum", values: { open: "Open", shut: "Shut" } },
        kind: { type: "string" },
      },
      assign: [
        { group: "barred", when: is("barred") },
        { group: "open", when: { in: [{ path: ["$self", "state"] }, ["open"]] } },
        { group: "named", when: { exists: ["$self", ["kind"]] } },
        { group: "anybody", when: true },
      ],
      permissions: {
        read: { all: [["lead", "crew"], { not: "barred" }] },
        write: { all: ["lead", "open", { not: "barred" }] },
        list: { all: ["anybody", "named"] },
        odd: [{ all: ["barred", "crew"] }, { all: ["named", { not: "open" }] }],
      },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("job:1", "Job", { state: "open", kind: "x" }),
        put("job:2", "Job", { state: "shut", kind: "y", barred: [beth] }),
        put("job:3", "Job", { barred: [anne] }),
        put("hub:1", "Hub", { lead: [anne], crew: [beth], wide: ["job:1", "job:2"], narrow: ["job:3"], level: 1 }),
        put("hub:2", "Hub", { lead: [carl], crew: [dirk], wide: ["job:3"], narrow: ["job:1", "job:2"], level: 2 }),
      ],
      may: {
        "job:1": { read: four, write: [anne], list: ["*"], odd: [] },
        "job:2": { read: [anne, carl, dirk], write: [], list: ["*"], odd: ["*"] },
        "job:3": { read: [carl, dirk], write: [], list: [], odd: [] },
        "hub:1": { read: [anne, beth] },
      },
      groups: {
        "job:1": { [anne]: ["anybody", "crew", "lead", "named", "open"], [carl]: ["anybody", "crew", "named", "open"] },
        "job:3": { [anne]: ["anybody", "barred"], [carl]: ["anybody", "crew", "lead"] },
      },
    },
    {
      ops: [put("hub:1", "Hub", { level: 2 }), put("job:3", "Job", { state: "open", kind: "z" })],
      may: {
        "job:3": { read: [beth, carl, dirk], write: [carl], list: ["*"], odd: [anne] },
        "job:1": { read: four, write: [anne] },
      },
    },
    {
      ops: [put("hub:2", "Hub", { level: null }), { entity: "Job", id: "job:3", remove: { barred: [anne] } }],
      may: {
        "job:1": { read: [anne, beth], write: [anne] },
        "job:2": { read: [anne], odd: ["*"] },
        "job:3": { read: four, write: [carl], odd: [] },
      },
    },
  ],
}

export const models = [renamed, expiring, ways]
