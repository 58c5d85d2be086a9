import { put, type Model } from "./rights-runner.ts"

// What went through all models of both suites and is in no other file here: members of all and not only of some, circles
// through several types, grants that hold in one context, and what is taken away again.

const user = { attributes: {} }
const users = { type: "ref", many: true, to: ["User"] }
const is = (attribute: string) => ({ reaches: ["$self", [attribute], "$security"] })
const rule = (group: string) => ({ group, when: is(group) })
const flows = (to: string, ...groups: object[]) => ({
  type: "ref",
  many: true,
  to: [to],
  propagate: groups.map(one => ({ direction: "reverse", when: true, groups: one })),
})
const all = (...ids: string[]) => ids.map(id => put(id, "User"))
const [anne, beth, carl, dirk] = ["user:anne", "user:beth", "user:carl", "user:dirk"] as const
const four = [anne, beth, carl, dirk]

const ofAll: Model = {
  name: "who is in all of the teams, not only in one of them",
  entities: {
    User: user,
    Team: {
      attributes: { member: users },
      assign: [rule("member"), { group: "stranger", when: { not: is("member") } }],
      permissions: { read: "member" },
    },
    Plan: {
      attributes: { team: flows("Team", { member: "some" }, { stranger: "not-all" }) },
      permissions: { read: { all: ["some", { not: "not-all" }] }, any: "some", none: { not: "some" } },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("team:a", "Team", { member: [anne, beth, carl] }),
        put("team:b", "Team", { member: [beth, carl] }),
        put("team:c", "Team", { member: [carl] }),
        put("plan:1", "Plan", { team: ["team:a"] }),
        put("plan:2", "Plan", { team: ["team:a", "team:b"] }),
        put("plan:3", "Plan", { team: ["team:a", "team:b", "team:c"] }),
        put("plan:0", "Plan"),
      ],
      may: {
        "plan:1": { read: [anne, beth, carl], any: [anne, beth, carl], none: [dirk, "anonymous"] },
        "plan:2": { read: [beth, carl], any: [anne, beth, carl] },
        "plan:3": { read: [carl], any: [anne, beth, carl] },
        "plan:0": { read: [], any: [], none: ["*"] },
      },
    },
    {
      ops: [
        { entity: "Team", id: "team:c", add: { member: [beth] } },
        { entity: "Team", id: "team:a", remove: { member: [carl] } },
      ],
      may: { "plan:2": { read: [beth] }, "plan:3": { read: [beth], any: [anne, beth, carl] } },
    },
    { ops: [{ retract: "team:b" }], may: { "plan:2": { read: [anne, beth] }, "plan:3": { read: [beth] } } },
  ],
}

const acrossTypes: Model = {
  name: "viewers of the one kind are viewers of the other, there and back again, in a circle of three",
  entities: {
    User: user,
    ...Object.fromEntries(
      [
        ["Doc", "Page"],
        ["Page", "Wiki"],
        ["Wiki", "Doc"],
      ].map(([type, next]) => [
        type,
        {
          attributes: { viewer: users, banned: users, viewersOf: flows(next!, { viewer: "viewer" }) },
          assign: [rule("viewer"), rule("banned")],
          permissions: { read: { all: ["viewer", { not: "banned" }] }, listed: "viewer" },
        },
      ]),
    ),
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        ...["Doc", "Page", "Wiki"].map(type => put(`${type.toLowerCase()}:1`, type)),
        put("doc:1", "Doc", { viewer: [anne], viewersOf: ["page:1"] }),
        put("page:1", "Page", { viewer: [beth], viewersOf: ["wiki:1"], banned: [carl] }),
        put("wiki:1", "Wiki", { viewer: [carl] }),
        put("doc:2", "Doc", { viewersOf: ["page:1"], banned: [beth] }),
      ],
      may: {
        "doc:1": { read: [anne, beth, carl], listed: [anne, beth, carl] },
        "page:1": { read: [beth], listed: [beth, carl] },
        "wiki:1": { read: [carl] },
        "doc:2": { read: [carl], listed: [beth, carl] },
      },
    },
    {
      ops: [{ entity: "Wiki", id: "wiki:1", add: { viewersOf: ["doc:2", "doc:1"] } }],
      may: {
        "wiki:1": { read: [anne, beth, carl] },
        "page:1": { read: [anne, beth], listed: [anne, beth, carl] },
        "doc:2": { read: [anne, carl], listed: [anne, beth, carl] },
      },
    },
    {
      ops: [{ entity: "Page", id: "page:1", remove: { viewersOf: ["wiki:1"] } }],
      may: {
        "doc:1": { read: [anne, beth] },
        "page:1": { read: [beth] },
        "wiki:1": { read: [anne, beth, carl] },
        "doc:2": { read: [], listed: [beth] },
      },
    },
  ],
}

const inContext = (variable: string, type: string, flag: string) => ({
  eq: [{ path: [variable, `${type}/context`, `Context/${flag}`] }, true],
})

const context: Model = {
  name: "grants that hold in a context: of the person, of the team, of the way to the team, and all of them together",
  entities: {
    User: user,
    Context: { attributes: { office: { type: "boolean" }, daytime: { type: "boolean" } } },
    Team: {
      attributes: { context: { type: "ref", to: ["Context"] }, member: users, guest: users },
      assign: [rule("member"), { group: "member", when: { and: [is("guest"), inContext("$self", "Team", "office")] } }],
      permissions: { read: "member" },
    },
    Doc: {
      attributes: {
        context: { type: "ref", to: ["Context"] },
        banned: users,
        team: flows("Team", { member: "viewer" }),
        dayTeam: {
          type: "ref",
          many: true,
          to: ["Team"],
          propagate: [
            { direction: "reverse", when: inContext("$child", "Doc", "daytime"), groups: { member: "viewer" } },
          ],
        },
      },
      assign: [{ group: "out", when: { and: [is("banned"), { not: inContext("$self", "Doc", "office") }] } }],
      permissions: { read: { all: ["viewer", { not: "out" }] } },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("context:now", "Context"),
        put("team:a", "Team", { context: "context:now", member: [anne], guest: [beth] }),
        put("team:b", "Team", { context: "context:now", member: [carl], guest: [dirk] }),
        put("doc:1", "Doc", { context: "context:now", team: ["team:a"], dayTeam: ["team:b"], banned: [anne] }),
      ],
      may: { "team:a": { read: [anne] }, "doc:1": { read: [] } },
    },
    {
      ops: [put("context:now", "Context", { daytime: true })],
      may: { "team:b": { read: [carl] }, "doc:1": { read: [carl] } },
    },
    {
      ops: [put("context:now", "Context", { office: true })],
      may: { "team:a": { read: [anne, beth] }, "team:b": { read: [carl, dirk] }, "doc:1": { read: four } },
    },
    {
      ops: [put("context:now", "Context", { daytime: false })],
      may: { "doc:1": { read: [anne, beth] } },
    },
    { ops: [{ retract: "context:now" }], may: { "team:a": { read: [anne] }, "doc:1": { read: [] } } },
  ],
}

const taken: Model = {
  name: "everybody but those who are barred, where some of the barred are let in again, above and below",
  entities: {
    User: user,
    Folder: {
      attributes: { open: { type: "boolean" }, barred: users, pardoned: users },
      assign: [
        {
          group: "let-in",
          when: {
            and: [
              { type: ["$security", "User"] },
              { eq: [{ path: ["$self", "open"] }, true] },
              { not: { and: [is("barred"), { not: is("pardoned") }] } },
            ],
          },
        },
      ],
      permissions: { read: "let-in" },
    },
    Doc: {
      attributes: { folder: flows("Folder", { "let-in": "above" }), barred: users, pardoned: users, owner: users },
      assign: [rule("barred"), rule("pardoned"), rule("owner")],
      permissions: {
        read: [{ all: ["above", { not: { all: ["barred", { not: "pardoned" }] } }] }, "owner"],
        late: { all: [{ not: "above" }, "owner"] },
      },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("folder:a", "Folder", { open: true, barred: [anne, beth], pardoned: [beth, carl] }),
        put("folder:b", "Folder", { barred: [dirk], pardoned: [dirk] }),
        put("doc:1", "Doc", { folder: ["folder:a"], barred: [beth, carl], pardoned: [carl], owner: [anne] }),
        put("doc:2", "Doc", { folder: ["folder:b"], owner: [dirk] }),
        put("doc:3", "Doc", { folder: ["folder:a", "folder:b"], barred: four, pardoned: [anne] }),
      ],
      may: {
        "folder:a": { read: [beth, carl, dirk] },
        "folder:b": { read: [] },
        "doc:1": { read: [anne, carl, dirk], late: [anne] },
        "doc:2": { read: [dirk], late: [dirk] },
        "doc:3": { read: [] },
      },
    },
    {
      ops: [put("folder:b", "Folder", { open: true })],
      may: {
        "folder:b": { read: four },
        "doc:1": { read: [anne, carl, dirk], late: [anne] },
        "doc:2": { read: four, late: [] },
        "doc:3": { read: [anne] },
      },
    },
    {
      ops: [{ entity: "Folder", id: "folder:b", remove: { pardoned: [dirk] } }, { retract: beth }],
      may: { "folder:b": { read: [anne, carl] }, "doc:2": { read: [anne, carl, dirk], late: [dirk] } },
    },
  ],
}

const mayGoOn = {
  and: [
    { reaches: ["$child", ["Folder/org", "Org/member"], "$security"] },
    { not: { reaches: ["$child", ["Folder/banned"], "$security"] } },
  ],
}

const everyStep: Model = {
  name: "what is above may be read below, where at every step one must be of the organisation and not banned",
  entities: {
    User: user,
    Org: { attributes: { member: users } },
    Folder: {
      attributes: {
        org: { type: "ref", to: ["Org"] },
        reader: users,
        banned: users,
        parent: {
          type: "ref",
          to: ["Folder"],
          propagate: [{ direction: "reverse", when: mayGoOn, groups: ["reads"] }],
        },
      },
      assign: [
        {
          group: "reads",
          when: {
            and: [is("reader"), { reaches: ["$self", ["org", "Org/member"], "$security"] }, { not: is("banned") }],
          },
        },
      ],
      permissions: { read: "reads" },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("org:x", "Org", { member: [anne, beth, carl] }),
        put("org:y", "Org", { member: [beth, carl, dirk] }),
        put("folder:top", "Folder", { org: "org:x", reader: four }),
        put("folder:mid", "Folder", { org: "org:y", parent: "folder:top", banned: [carl] }),
        put("folder:low", "Folder", { org: "org:x", parent: "folder:mid", reader: [anne] }),
      ],
      may: {
        "folder:top": { read: [anne, beth, carl] },
        "folder:mid": { read: [beth] },
        "folder:low": { read: [anne, beth] },
      },
    },
    {
      ops: [
        put("folder:mid", "Folder", { banned: [beth] }),
        { entity: "Org", id: "org:x", add: { member: [dirk] } },
        put("folder:top", "Folder", { parent: "folder:low" }),
      ],
      may: {
        "folder:top": { read: four },
        "folder:mid": { read: [carl, dirk] },
        "folder:low": { read: [anne, carl, dirk] },
      },
    },
    {
      ops: [put("folder:mid", "Folder", { org: null })],
      may: { "folder:top": { read: four }, "folder:mid": { read: [] }, "folder:low": { read: [anne] } },
    },
  ],
}

export const models = [ofAll, acrossTypes, context, taken, everyStep]
