import { put, type Model } from "./rights-runner.ts"

// Models as the validation files and the guides of SpiceDB have them, in their own words: an arrow is a reference along
// which groups flow, or a path of several steps; a caveat is a condition on what is known of both ends.

const user = { attributes: {} }
const users = { type: "ref", many: true, to: ["User"] }
const ref = (to: string, more: object = {}) => ({ type: "ref", to: [to], ...more })
const from = (to: string, groups?: object) =>
  ref(to, { propagate: [{ direction: "reverse", when: true, ...(groups && { groups }) }] })
const is = (attribute: string) => ({ reaches: ["$self", [attribute], "$security"] })
const isIn = (...path: unknown[]) => ({ reaches: ["$self", path, "$security"] })
const assigned = (...names: string[]) => names.map(group => ({ group, when: is(group) }))
const all = (...ids: string[]) => ids.map(id => put(id, "User"))
const tom = "user:tom"
const jill = "user:jill"
const fred = "user:fred"
const sara = "user:sara"
const four = [tom, jill, fred, sara]

const organisation: Model = {
  name: "documents of an organisation, whose administrators may all, but for who is banned",
  entities: {
    User: user,
    Platform: {
      attributes: { superAdmin: users },
      assign: assigned("superAdmin"),
      permissions: { read: "superAdmin" },
    },
    Org: {
      attributes: {
        admin: users,
        member: users,
        banned: users,
        platform: from("Platform", { superAdmin: "admin" }),
      },
      assign: assigned("admin", "member", "banned"),
      implies: { admin: ["member"] },
      permissions: { read: { all: ["member", { not: "banned" }] }, write: "admin" },
    },
    Doc: {
      attributes: {
        org: from("Org", { admin: "org-admin", banned: "banned", member: "org-member" }),
        reader: users,
        writer: users,
        secret: { type: "boolean" },
      },
      assign: [
        ...assigned("reader", "writer"),
        { group: "secret", when: { eq: [{ path: ["$self", "secret"] }, true] } },
      ],
      implies: { writer: ["reader"] },
      permissions: {
        read: { all: [["reader", "org-admin", { all: ["org-member", { not: "secret" }] }], { not: "banned" }] },
        write: { all: [["writer", "org-admin"], { not: "banned" }] },
      },
    },
  },
  subjects: [...four, "user:root"],
  stages: [
    {
      ops: [
        ...all(...four, "user:root"),
        put("platform:p", "Platform", { superAdmin: ["user:root"] }),
        put("org:o", "Org", { admin: [tom], member: [jill, sara], banned: [sara], platform: "platform:p" }),
        put("doc:plan", "Doc", { org: "org:o", reader: [fred, sara] }),
        put("doc:secret", "Doc", { org: "org:o", writer: [fred], secret: true }),
        put("doc:loose", "Doc", { writer: [sara], reader: [fred] }),
      ],
      may: {
        "platform:p": { read: ["user:root"] },
        "org:o": { read: [tom, jill, "user:root"], write: [tom, "user:root"] },
        "doc:plan": { read: [tom, jill, fred, "user:root"], write: [tom, "user:root"] },
        "doc:secret": { read: [tom, fred, "user:root"], write: [tom, fred, "user:root"] },
        "doc:loose": { read: [fred, sara], write: [sara] },
      },
      groups: { "doc:plan": { [sara]: ["banned", "org-member", "reader"], [tom]: ["org-admin", "org-member"] } },
    },
    {
      ops: [{ entity: "Org", id: "org:o", set: { banned: [fred, tom] } }],
      may: {
        "org:o": { read: [jill, sara, "user:root"], write: [tom, "user:root"] },
        "doc:plan": { read: [jill, sara, "user:root"], write: ["user:root"] },
        "doc:secret": { read: ["user:root"], write: ["user:root"] },
      },
    },
    {
      ops: [{ retract: "org:o" }],
      may: {
        "doc:plan": { read: [fred, sara], write: [] },
        "doc:secret": { read: [fred], write: [fred] },
      },
    },
  ],
}

const roles: Model = {
  name: "roles that tenants make themselves, bound to people and to resources",
  entities: {
    User: user,
    Role: {
      attributes: {
        canRead: { type: "boolean", default: false },
        canWrite: { type: "boolean", default: false },
        canDelete: { type: "boolean", default: false },
      },
    },
    Binding: {
      attributes: {
        role: ref("Role"),
        who: users,
        on: ref("Project", {
          propagate: [{ direction: "forward", when: true, groups: ["reader", "writer", "remover"] }],
        }),
      },
      assign: (
        [
          ["reader", "canRead"],
          ["writer", "canWrite"],
          ["remover", "canDelete"],
        ] as const
      ).map(([group, attribute]) => ({
        group,
        when: { and: [is("who"), { eq: [{ path: ["$self", "role", `Role/${attribute}`] }, true] }] },
      })),
    },
    Project: {
      attributes: { parent: from("Project") },
      permissions: { read: "reader", write: { all: ["reader", "writer"] }, remove: "remover" },
    },
    Issue: { attributes: { project: from("Project", { reader: "reader" }) }, permissions: { read: "reader" } },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("role:viewer", "Role", { canRead: true }),
        put("role:editor", "Role", { canRead: true, canWrite: true }),
        put("role:odd", "Role", { canWrite: true, canDelete: true }),
        put("project:top", "Project"),
        put("project:sub", "Project", { parent: "project:top" }),
        put("binding:a", "Binding", { role: "role:viewer", who: [tom], on: "project:top" }),
        put("binding:b", "Binding", { role: "role:editor", who: [jill], on: "project:sub" }),
        put("binding:c", "Binding", { role: "role:odd", who: [fred, tom], on: "project:sub" }),
        put("issue:x", "Issue", { project: "project:sub" }),
      ],
      may: {
        "project:top": { read: [tom], write: [], remove: [] },
        "project:sub": { read: [tom, jill], write: [tom, jill], remove: [tom, fred] },
        "issue:x": { read: [tom, jill], write: [] },
      },
      groups: { "issue:x": { [tom]: ["reader"], [fred]: [] } },
    },
    {
      ops: [{ entity: "Role", id: "role:viewer", set: { canRead: false, canDelete: true } }],
      may: {
        "project:top": { read: [], remove: [tom] },
        "project:sub": { read: [jill], write: [jill], remove: [tom, fred] },
        "issue:x": { read: [jill] },
      },
    },
    {
      ops: [{ retract: "binding:b" }, { entity: "Role", id: "role:odd", set: { canRead: true } }],
      may: { "project:sub": { read: [tom, fred], write: [tom, fred] }, "issue:x": { read: [tom, fred] } },
    },
  ],
}

const wildcards: Model = {
  name: "everybody, but for some; everybody of a kind; and nobody at all",
  entities: {
    User: user,
    Robot: user,
    Thing: {
      attributes: {
        viewer: { type: "ref", many: true, to: ["User", "Robot"] },
        banned: { type: "ref", many: true, to: ["User", "Robot"] },
        allUsers: { type: "boolean" },
        allRobots: { type: "boolean" },
        anybody: { type: "boolean" },
      },
      assign: [
        ...assigned("viewer", "banned"),
        ...(
          [
            ["allUsers", "User"],
            ["allRobots", "Robot"],
          ] as const
        ).map(([flag, type]) => ({
          group: "viewer",
          when: { and: [{ type: ["$security", type] }, { eq: [{ path: ["$self", flag] }, true] }] },
        })),
        { group: "viewer", when: { eq: [{ path: ["$self", "anybody"] }, true] } },
      ],
      permissions: {
        read: { all: ["viewer", { not: "banned" }] },
        nil: [],
        nilOr: [[], "viewer"],
        nilAnd: { all: ["viewer", []] },
        notNil: { all: ["viewer", { not: [] }] },
      },
    },
  },
  subjects: [...four, "robot:r", "user:unknown"],
  stages: [
    {
      ops: [
        ...all(...four),
        put("robot:r", "Robot"),
        put("thing:users", "Thing", { allUsers: true, banned: [tom] }),
        put("thing:robots", "Thing", { allRobots: true, viewer: [jill] }),
        put("thing:all", "Thing", { anybody: true, banned: [jill, "robot:r"] }),
        put("thing:none", "Thing"),
      ],
      may: {
        "thing:users": { read: [jill, fred, sara], nil: [], nilAnd: [], notNil: four, nilOr: four },
        "thing:robots": { read: ["robot:r", jill], nilOr: ["robot:r", jill] },
        "thing:all": { read: [tom, fred, sara, "user:unknown", "anonymous"], nil: [], notNil: ["*"] },
        "thing:none": { read: [], nilOr: [] },
      },
    },
    {
      ops: [{ entity: "Thing", id: "thing:users", set: { allUsers: false }, add: { viewer: [tom, sara] } }],
      may: { "thing:users": { read: [sara], notNil: [tom, sara] } },
    },
  ],
}

const arrows: Model = {
  name: "arrows over intersections, over exclusions, and to what has no such group",
  entities: {
    User: user,
    Account: {
      attributes: { owner: users, approved: users, suspended: users },
      assign: [
        ...assigned("owner", "approved", "suspended"),
        { group: "good", when: { and: [is("owner"), is("approved")] } },
        { group: "free", when: { and: [is("owner"), { not: is("suspended") }] } },
      ],
      permissions: { read: { all: ["owner", "approved"] } },
    },
    Cluster: {
      attributes: {
        accounts: ref("Account", {
          many: true,
          propagate: [
            {
              direction: "reverse",
              when: true,
              groups: { good: "good", free: "free", owner: "own", suspended: "out" },
            },
          ],
        }),
      },
      permissions: { read: "good", free: "free", mixed: { all: ["own", { not: "out" }] } },
    },
    Database: {
      attributes: { cluster: from("Cluster", ["good", "guest"]), creator: users },
      assign: [
        ...assigned("creator"),
        // The same in one path, over two arrows.
        { group: "far", when: isIn("cluster", "Cluster/accounts", "Account/owner") },
      ],
      permissions: { read: ["good", "creator"], far: "far", nothing: "guest" },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("account:a", "Account", { owner: [tom, jill], approved: [tom, fred] }),
        put("account:b", "Account", { owner: [fred, sara], approved: [sara], suspended: [tom, sara] }),
        put("cluster:one", "Cluster", { accounts: ["account:a", "account:b"] }),
        put("database:d", "Database", { cluster: "cluster:one", creator: [jill] }),
      ],
      may: {
        "account:a": { read: [tom] },
        "account:b": { read: [sara] },
        "cluster:one": { read: [tom, sara], free: [tom, jill, fred], mixed: [jill, fred] },
        "database:d": { read: [tom, jill, sara], far: four, nothing: [] },
      },
    },
    {
      ops: [{ entity: "Cluster", id: "cluster:one", remove: { accounts: ["account:a"] } }],
      may: { "cluster:one": { read: [sara], free: [fred] }, "database:d": { read: [jill, sara], far: [fred, sara] } },
    },
  ],
}

const caveats: Model = {
  name: "a share with a caveat holds while what it says of both ends holds",
  entities: {
    User: { attributes: { ip: { type: "string" }, day: { type: "date" }, tier: { type: "integer" } } },
    Share: {
      attributes: {
        to: users,
        until: { type: "date" },
        ips: { type: "string", many: true },
        active: { type: "boolean", default: true },
        document: ref("Doc", {
          propagate: [
            {
              direction: "forward",
              when: {
                and: [
                  { eq: [{ path: ["$parent", "Share/active"] }, true] },
                  {
                    or: [
                      { not: { exists: ["$parent", ["Share/until"]] } },
                      { lte: [{ path: ["$security", "User/day"] }, { path: ["$parent", "Share/until"] }] },
                    ],
                  },
                  {
                    or: [
                      { not: { exists: ["$parent", ["Share/ips"]] } },
                      { eq: [{ path: ["$security", "User/ip"] }, { path: ["$parent", "Share/ips"] }] },
                    ],
                  },
                  { not: { gt: [{ path: ["$child", "Doc/tier"] }, { path: ["$security", "User/tier"] }] } },
                ],
              },
            },
          ],
        }),
      },
      assign: [{ group: "guest", when: is("to") }],
      permissions: { read: "guest" },
    },
    Doc: { attributes: { tier: { type: "integer" } }, permissions: { read: "guest" } },
  },
  subjects: four,
  stages: [
    {
      ops: [
        put(tom, "User", { ip: "10.0.0.1", day: "2026-01-10", tier: 3 }),
        put(jill, "User", { ip: "10.0.0.2", day: "2026-02-10", tier: 1 }),
        put(fred, "User", { tier: 2 }),
        put(sara, "User"),
        put("doc:open", "Doc"),
        put("doc:dated", "Doc"),
        put("doc:wired", "Doc", { tier: 2 }),
        put("share:a", "Share", { to: four, document: "doc:open" }),
        put("share:b", "Share", { to: four, document: "doc:dated", until: "2026-01-31" }),
        put("share:c", "Share", { to: [tom, jill], document: "doc:wired", ips: ["10.0.0.1", "10.0.0.2"] }),
        put("share:d", "Share", { to: [sara, fred], document: "doc:wired" }),
      ],
      may: {
        "doc:open": { read: four },
        "doc:dated": { read: [tom] },
        "doc:wired": { read: [tom, fred, sara] },
        "share:b": { read: four },
      },
    },
    {
      ops: [
        { entity: "Share", id: "share:a", set: { active: false } },
        { entity: "Share", id: "share:b", set: { until: "2026-02-10" } },
        { entity: "Doc", id: "doc:wired", set: { tier: 1 } },
        { entity: "User", id: tom, set: { ip: "10.0.0.9" } },
      ],
      may: { "doc:open": { read: [] }, "doc:dated": { read: [tom, jill] }, "doc:wired": { read: [jill, fred, sara] } },
    },
    { ops: [{ retract: "share:b" }], may: { "doc:dated": { read: [] } } },
  ],
}

const tenants: Model = {
  name: "tenants apart from each other, although one person is in both and a document points across",
  entities: {
    User: user,
    Tenant: {
      attributes: { member: users, admin: users },
      assign: assigned("member", "admin"),
      implies: { admin: ["member"] },
      permissions: { read: "member", write: "admin" },
    },
    Doc: {
      attributes: {
        tenant: from("Tenant"),
        linked: ref("Doc", {
          many: true,
          propagate: [
            {
              direction: "forward",
              when: { eq: [{ path: ["$parent", "tenant"] }, { path: ["$child", "tenant"] }] },
              groups: { author: "linker" },
            },
          ],
        }),
        author: users,
      },
      assign: assigned("author"),
      permissions: { read: [{ all: ["author", "member"] }, "admin", { all: ["linker", "member"] }], write: "admin" },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("tenant:a", "Tenant", { member: [tom, jill], admin: [fred] }),
        put("tenant:b", "Tenant", { member: [tom], admin: [sara] }),
        put("doc:a1", "Doc", { tenant: "tenant:a", author: [jill, sara], linked: ["doc:a2", "doc:b1"] }),
        put("doc:a2", "Doc", { tenant: "tenant:a", author: [tom] }),
        put("doc:b1", "Doc", { tenant: "tenant:b", author: [tom] }),
      ],
      may: {
        "tenant:a": { read: [tom, jill, fred], write: [fred] },
        "tenant:b": { read: [tom, sara], write: [sara] },
        "doc:a1": { read: [jill, fred], write: [fred] },
        "doc:a2": { read: [tom, jill, fred], write: [fred] },
        "doc:b1": { read: [tom, sara], write: [sara] },
      },
    },
    {
      ops: [{ entity: "Doc", id: "doc:b1", set: { tenant: "tenant:a" } }],
      may: { "doc:b1": { read: [tom, jill, fred], write: [fred] } },
    },
    {
      ops: [{ entity: "Tenant", id: "tenant:a", remove: { member: [jill] } }],
      may: { "doc:a1": { read: [fred] }, "doc:b1": { read: [tom, fred] }, "doc:a2": { read: [tom, fred] } },
    },
  ],
}

const deep = 50
const deepOps = Array.from({ length: deep + 1 }, (_, i) =>
  put(`folder:${i}`, "Folder", i === 0 ? { viewer: [tom] } : { parent: `folder:${i - 1}` }),
)
const teamOps = Array.from({ length: deep + 1 }, (_, i) =>
  put(`team:${i}`, "Team", i === deep ? { member: [jill] } : { sub: [`team:${i + 1}`] }),
)

const nesting: Model = {
  name: `folders and teams ${deep} deep, closed half-way and opened again`,
  entities: {
    User: user,
    Team: { attributes: { member: users, sub: { type: "ref", many: true, to: ["Team"] } } },
    Folder: {
      attributes: {
        viewer: users,
        team: { type: "ref", many: true, to: ["Team"] },
        closed: { type: "boolean" },
        parent: ref("Folder", {
          propagate: [
            {
              direction: "reverse",
              when: { not: { eq: [{ path: ["$child", "closed"] }, true] } },
              groups: ["viewer"],
            },
          ],
        }),
      },
      assign: [
        ...assigned("viewer"),
        { group: "viewer", when: isIn("team", { star: "Team/sub" }, "Team/member") },
        { group: "root-viewer", when: isIn({ star: "Folder/parent" }, "Folder/viewer") },
        { group: "below", when: isIn({ star: "Folder/_parent" }, "Folder/viewer") },
      ],
      permissions: { read: "viewer", root: "root-viewer", below: "below" },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [...all(...four), ...deepOps, ...teamOps, { entity: "Folder", id: "folder:0", set: { team: ["team:0"] } }],
      may: {
        "folder:0": { read: [tom, jill], root: [tom], below: [tom] },
        "folder:25": { read: [tom, jill], root: [tom], below: [] },
        [`folder:${deep}`]: { read: [tom, jill], root: [tom], below: [] },
      },
    },
    {
      ops: [
        { entity: "Folder", id: "folder:25", set: { closed: true } },
        { entity: "Folder", id: "folder:40", add: { viewer: [fred] } },
      ],
      may: {
        "folder:24": { read: [tom, jill], below: [fred] },
        "folder:25": { read: [], root: [tom] },
        [`folder:${deep}`]: { read: [fred], root: [tom, fred] },
        "folder:39": { read: [], below: [fred] },
      },
    },
    {
      ops: [
        { entity: "Folder", id: "folder:0", set: { parent: `folder:${deep}` } },
        { entity: "Folder", id: "folder:25", set: { closed: false } },
      ],
      may: {
        "folder:0": { read: [tom, jill, fred], below: [tom, fred] },
        "folder:25": { read: [tom, jill, fred], root: [tom, fred] },
        "folder:39": { read: [tom, jill, fred] },
      },
    },
    {
      ops: [{ entity: "Team", id: "team:30", set: { sub: null } }],
      may: { "folder:0": { read: [tom, fred] }, "folder:25": { read: [tom, fred] } },
    },
  ],
}

const families: Model = {
  name: "variants of an abstract, with rules of both, and references back",
  entities: {
    User: user,
    Space: { attributes: { holder: users }, assign: assigned("holder"), permissions: { read: "holder" } },
    Item: {
      abstract: {
        attributes: {
          author: users,
          space: from("Space"),
          replaces: ref("Item", { propagate: [{ direction: "forward", when: true, groups: ["author"] }] }),
        },
        assign: assigned("author"),
        permissions: { read: ["author", "holder"] },
      },
      variants: {
        Note: { attributes: {} },
        Task: {
          attributes: { doer: users },
          assign: assigned("doer"),
          permissions: { read: ["author", "doer"], finish: { all: ["doer", { not: "author" }] } },
        },
      },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("space:s", "Space", { holder: [sara] }),
        put("note:n", "Note", { author: [tom], space: "space:s" }),
        put("task:t", "Task", { author: [jill], doer: [fred, jill], space: "space:s", replaces: "note:n" }),
        put("note:m", "Note", { author: [fred], replaces: "task:t" }),
      ],
      may: {
        "note:n": { read: [tom, jill, fred, sara], finish: [] },
        "task:t": { read: [jill, fred], finish: [] },
        "note:m": { read: [fred] },
      },
      groups: { "task:t": { [fred]: ["author", "doer"], [sara]: ["holder"] } },
    },
    {
      ops: [{ retract: "note:m" }],
      may: { "note:n": { read: [tom, jill, sara] }, "task:t": { read: [jill, fred], finish: [fred] } },
    },
  ],
}

export const models = [organisation, roles, wildcards, arrows, caveats, tenants, nesting, families]
