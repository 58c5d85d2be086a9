import { put, type Model } from "./rights-runner.ts"

// Models as the suites and the tutorials of OpenFGA have them, in their own words; relations are attributes, and what is
// computed of them are groups and permissions.

const user = { attributes: {} }
const users = { type: "ref", many: true, to: ["User"] }
const is = (attribute: string) => ({ reaches: ["$self", [attribute], "$security"] })
const isIn = (...path: unknown[]) => ({ reaches: ["$self", path, "$security"] })
const known = { is: ["$security", "$security"] }
const all = (...ids: string[]) => ids.map(id => put(id, "User"))
const anne = "user:anne"
const beth = "user:beth"
const carl = "user:carl"
const dirk = "user:dirk"
const four = [anne, beth, carl, dirk]

const direct: Model = {
  name: "what is said directly, and what is computed from it",
  entities: {
    User: user,
    Doc: {
      attributes: { owner: users, editor: users, viewer: users },
      assign: [
        { group: "owner", when: is("owner") },
        { group: "editor", when: is("editor") },
        { group: "viewer", when: is("viewer") },
      ],
      implies: { owner: ["editor"], editor: ["viewer"] },
      permissions: { read: "viewer", write: "editor", delete: "owner", both: { all: ["viewer", "editor"] } },
    },
  },
  subjects: [...four, "user:nobody"],
  stages: [
    {
      ops: [
        ...all(...four),
        put("doc:1", "Doc", { owner: [anne], editor: [beth], viewer: [carl] }),
        put("doc:2", "Doc"),
      ],
      may: {
        "doc:1": { read: [anne, beth, carl], write: [anne, beth], delete: [anne], both: [anne, beth], unknown: [] },
        "doc:2": { read: [], write: [], delete: [] },
        "doc:never": { read: [], write: [] },
      },
      groups: { "doc:1": { [anne]: ["editor", "owner", "viewer"], [beth]: ["editor", "viewer"], [dirk]: [] } },
    },
    {
      ops: [{ entity: "Doc", id: "doc:1", remove: { owner: [anne] }, add: { editor: [dirk] } }],
      may: { "doc:1": { read: [beth, carl, dirk], write: [beth, dirk], delete: [] } },
    },
    { ops: [{ retract: carl }], may: { "doc:1": { read: [beth, dirk] } } },
    { ops: [{ retract: "doc:1" }], may: { "doc:1": { write: [beth, dirk] } } },
  ],
}

const circular: Model = {
  name: "groups that bring each other in a circle",
  entities: {
    User: user,
    Doc: {
      attributes: { a: users, c: users },
      assign: [
        { group: "a", when: is("a") },
        { group: "c", when: is("c") },
      ],
      implies: { a: ["b"], b: ["c"], c: ["a"] },
      permissions: { read: { all: ["a", "b", "c"] }, never: { all: ["a", { not: "b" }] } },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [...all(...four), put("doc:1", "Doc", { a: [anne], c: [beth] })],
      may: { "doc:1": { read: [anne, beth], never: [] } },
    },
  ],
}

const nested: Model = {
  name: "groups of groups of groups, and in a circle",
  entities: {
    User: user,
    Team: { attributes: { member: users, sub: { type: "ref", many: true, to: ["Team"] } } },
    Doc: {
      attributes: { viewer: users, team: { type: "ref", many: true, to: ["Team"] } },
      assign: [
        { group: "viewer", when: is("viewer") },
        { group: "viewer", when: isIn("team", { star: "Team/sub" }, "Team/member") },
        { group: "near", when: isIn("team", "Team/member") },
      ],
      permissions: { read: "viewer", near: "near" },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("team:a", "Team", { sub: ["team:b"] }),
        put("team:b", "Team", { sub: ["team:c"], member: [beth] }),
        put("team:c", "Team", { sub: ["team:a"], member: [carl] }),
        put("team:d", "Team", { sub: ["team:d"], member: [dirk] }),
        put("doc:1", "Doc", { viewer: [anne], team: ["team:a"] }),
        put("doc:2", "Doc", { team: ["team:d"] }),
        put("doc:3", "Doc", { team: ["team:b", "team:d"] }),
      ],
      may: {
        "doc:1": { read: [anne, beth, carl], near: [] },
        "doc:2": { read: [dirk], near: [dirk] },
        "doc:3": { read: [beth, carl, dirk], near: [beth, dirk] },
      },
    },
    {
      ops: [{ entity: "Team", id: "team:b", remove: { sub: ["team:c"] } }],
      may: { "doc:1": { read: [anne, beth] }, "doc:3": { read: [beth, dirk] } },
    },
    { ops: [{ retract: "team:b" }], may: { "doc:1": { read: [anne] }, "doc:3": { read: [dirk] } } },
  ],
}

const drive: Model = {
  name: "a drive: folders in folders, what is shared with everybody",
  entities: {
    User: user,
    Group: { attributes: { member: users } },
    Folder: {
      attributes: {
        owner: users,
        viewer: users,
        public: { type: "boolean" },
        parent: { type: "ref", to: ["Folder"], propagate: [{ direction: "reverse", when: true }] },
      },
      assign: [
        { group: "owner", when: is("owner") },
        { group: "viewer", when: is("viewer") },
        { group: "viewer", when: { and: [known, { eq: [{ path: ["$self", "public"] }, true] }] } },
      ],
      implies: { owner: ["viewer"] },
      permissions: { read: "viewer", createFile: "owner" },
    },
    Doc: {
      attributes: {
        owner: users,
        viewer: users,
        group: { type: "ref", many: true, to: ["Group"] },
        public: { type: "boolean" },
        parent: {
          type: "ref",
          to: ["Folder"],
          propagate: [{ direction: "reverse", when: true, groups: { owner: "parent-owner", viewer: "viewer" } }],
        },
      },
      assign: [
        { group: "owner", when: is("owner") },
        { group: "viewer", when: is("viewer") },
        { group: "viewer", when: isIn("group", "Group/member") },
        { group: "viewer", when: { eq: [{ path: ["$self", "public"] }, true] } },
      ],
      permissions: {
        read: ["viewer", "owner", "parent-owner"],
        changeOwner: "owner",
        share: ["owner", "parent-owner"],
        write: ["owner", "parent-owner"],
      },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("group:contoso", "Group", { member: [anne, beth] }),
        put("folder:root", "Folder", { viewer: [carl] }),
        put("folder:product", "Folder", { owner: [anne], parent: "folder:root" }),
        put("doc:roadmap", "Doc", { parent: "folder:product", owner: [dirk] }),
        put("doc:public", "Doc", { public: true }),
        put("folder:open", "Folder", { public: true }),
        put("doc:open", "Doc", { parent: "folder:open" }),
        put("doc:team", "Doc", { group: ["group:contoso"] }),
      ],
      may: {
        "folder:root": { read: [carl], createFile: [] },
        "folder:product": { read: [anne, carl], createFile: [anne] },
        "doc:roadmap": { read: [anne, carl, dirk], changeOwner: [dirk], share: [anne, dirk], write: [anne, dirk] },
        "doc:public": { read: ["*"], write: [] },
        "folder:open": { read: ["known"] },
        "doc:open": { read: ["known"], write: [] },
        "doc:team": { read: [anne, beth] },
      },
      groups: { "doc:roadmap": { [anne]: ["parent-owner", "viewer"], [carl]: ["viewer"], [dirk]: ["owner"] } },
    },
    {
      ops: [{ entity: "Doc", id: "doc:roadmap", set: { parent: "folder:open" } }],
      may: { "doc:roadmap": { read: ["known"], share: [dirk] } },
    },
    {
      ops: [{ entity: "Folder", id: "folder:open", set: { public: null } }],
      may: { "doc:roadmap": { read: [dirk] }, "doc:open": { read: [] } },
    },
    {
      ops: [{ entity: "Folder", id: "folder:root", set: { parent: "folder:product" } }],
      may: { "folder:root": { read: [anne, carl], createFile: [anne] }, "folder:product": { read: [anne, carl] } },
    },
  ],
}

const github: Model = {
  name: "repositories, teams and the roles that an organisation gives",
  entities: {
    User: user,
    Team: { attributes: { member: users, sub: { type: "ref", many: true, to: ["Team"] } } },
    Org: {
      attributes: {
        owner: users,
        member: users,
        readers: users,
        writers: users,
        admins: users,
      },
      assign: [
        { group: "owner", when: is("owner") },
        { group: "member", when: is("member") },
        { group: "repo-reader", when: is("readers") },
        { group: "repo-writer", when: is("writers") },
        { group: "repo-admin", when: is("admins") },
      ],
      implies: { owner: ["member"] },
      permissions: { read: "member" },
    },
    Repo: {
      attributes: {
        org: {
          type: "ref",
          to: ["Org"],
          propagate: [
            {
              direction: "reverse",
              when: true,
              groups: { "repo-admin": "admin", "repo-writer": "writer", "repo-reader": "reader" },
            },
          ],
        },
        admin: users,
        maintainer: users,
        writer: users,
        triager: users,
        reader: users,
        adminTeam: { type: "ref", many: true, to: ["Team"] },
        readerTeam: { type: "ref", many: true, to: ["Team"] },
      },
      assign: [
        ...["admin", "maintainer", "writer", "triager", "reader"].map(group => ({ group, when: is(group) })),
        { group: "admin", when: isIn("adminTeam", { star: "Team/sub" }, "Team/member") },
        { group: "reader", when: isIn("readerTeam", { star: "Team/sub" }, "Team/member") },
      ],
      implies: { admin: ["maintainer"], maintainer: ["writer"], writer: ["triager"], triager: ["reader"] },
      permissions: { read: "reader", triage: "triager", write: "writer", maintain: "maintainer", admin: "admin" },
    },
  },
  subjects: [...four, "user:erik"],
  stages: [
    {
      ops: [
        ...all(...four, "user:erik"),
        put("team:core", "Team", { sub: ["team:backend"] }),
        put("team:backend", "Team", { member: [dirk] }),
        put("org:fga", "Org", { owner: ["user:erik"], member: [dirk], admins: ["user:erik"], readers: [dirk] }),
        put("repo:fga", "Repo", {
          org: "org:fga",
          reader: [anne],
          writer: [beth],
          triager: [carl],
          adminTeam: ["team:core"],
        }),
        put("repo:bare", "Repo", { org: "org:fga", readerTeam: ["team:core"] }),
        put("repo:none", "Repo"),
      ],
      may: {
        "org:fga": { read: ["user:erik", dirk] },
        "repo:fga": {
          read: [...four, "user:erik"],
          triage: [beth, carl, dirk, "user:erik"],
          write: [beth, dirk, "user:erik"],
          maintain: [dirk, "user:erik"],
          admin: [dirk, "user:erik"],
        },
        "repo:bare": { read: [dirk, "user:erik"], write: ["user:erik"], admin: ["user:erik"] },
        "repo:none": { read: [], admin: [] },
      },
    },
    {
      ops: [
        { entity: "Team", id: "team:core", remove: { sub: ["team:backend"] } },
        { entity: "Org", id: "org:fga", remove: { admins: ["user:erik"] }, add: { writers: ["user:erik"] } },
      ],
      may: {
        "repo:fga": { read: [...four, "user:erik"], write: [beth, "user:erik"], admin: [] },
        "repo:bare": { read: [dirk, "user:erik"], write: ["user:erik"], maintain: [] },
      },
    },
  ],
}

const slack: Model = {
  name: "workspaces and channels: a role here together with a membership there",
  entities: {
    User: user,
    Workspace: {
      attributes: { legacyAdmin: users, channelsAdmin: users, member: users, guest: users },
      assign: [
        { group: "legacy-admin", when: is("legacyAdmin") },
        { group: "channels-admin", when: is("channelsAdmin") },
        { group: "member", when: is("member") },
        { group: "guest", when: is("guest") },
      ],
      implies: { "legacy-admin": ["channels-admin"], "channels-admin": ["member"] },
      permissions: { read: ["member", "guest"] },
    },
    Channel: {
      attributes: {
        workspace: {
          type: "ref",
          to: ["Workspace"],
          propagate: [
            {
              direction: "reverse",
              when: true,
              groups: { "legacy-admin": "boss", member: "ws-member", guest: "ws-guest" },
            },
          ],
        },
        writer: users,
        commenter: users,
        open: { type: "boolean" },
      },
      assign: [
        { group: "writer", when: is("writer") },
        { group: "commenter", when: is("commenter") },
        { group: "open", when: { eq: [{ path: ["$self", "open"] }, true] } },
      ],
      implies: { writer: ["commenter"] },
      permissions: {
        read: [{ all: ["commenter", ["ws-member", "ws-guest"]] }, { all: ["open", "ws-member"] }, "boss"],
        write: [{ all: ["writer", { not: "ws-guest" }] }, "boss"],
      },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("ws:s", "Workspace", { legacyAdmin: [anne], member: [beth], guest: [carl] }),
        put("ch:general", "Channel", { workspace: "ws:s", open: true, writer: [carl, dirk] }),
        put("ch:closed", "Channel", { workspace: "ws:s", writer: [beth], commenter: [carl, dirk] }),
      ],
      may: {
        "ws:s": { read: [anne, beth, carl] },
        "ch:general": { read: [anne, beth, carl], write: [anne, dirk] },
        "ch:closed": { read: [anne, beth, carl], write: [anne, beth] },
      },
    },
  ],
}

const entitlements: Model = {
  name: "features of plans that organisations subscribe to",
  entities: {
    User: user,
    Org: { attributes: { member: users } },
    Plan: { attributes: { subscriber: { type: "ref", many: true, to: ["Org"] } } },
    Feature: {
      attributes: { plan: { type: "ref", many: true, to: ["Plan"] }, off: users },
      assign: [
        { group: "member", when: isIn("plan", "Plan/subscriber", "Org/member") },
        { group: "off", when: is("off") },
      ],
      permissions: { read: { all: ["member", { not: "off" }] } },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("org:alpha", "Org", { member: [anne] }),
        put("org:bayer", "Org", { member: [beth, dirk] }),
        put("org:cups", "Org", { member: [carl] }),
        put("plan:free", "Plan", { subscriber: ["org:alpha"] }),
        put("plan:team", "Plan", { subscriber: ["org:bayer"] }),
        put("plan:big", "Plan", { subscriber: ["org:cups"] }),
        put("feature:issues", "Feature", { plan: ["plan:free", "plan:team", "plan:big"] }),
        put("feature:draft", "Feature", { plan: ["plan:team", "plan:big"], off: [dirk] }),
        put("feature:sso", "Feature", { plan: ["plan:big"] }),
      ],
      may: {
        "feature:issues": { read: four },
        "feature:draft": { read: [beth, carl] },
        "feature:sso": { read: [carl] },
      },
    },
    {
      ops: [{ retract: "plan:team" }],
      may: { "feature:issues": { read: [anne, carl] }, "feature:draft": { read: [carl] } },
    },
  ],
}

const algebra: Model = {
  name: "any, all and not, in one another and of nothing",
  entities: {
    User: user,
    Doc: {
      attributes: { a: users, b: users, c: users, open: { type: "boolean" } },
      assign: [
        ...["a", "b", "c"].map(group => ({ group, when: is(group) })),
        { group: "any", when: { eq: [{ path: ["$self", "open"] }, true] } },
        { group: "never", when: false },
        { group: "always", when: true },
      ],
      permissions: {
        read: [],
        union: ["a", "b"],
        intersection: { all: ["a", "b"] },
        exclusion: { all: ["a", { not: "b" }] },
        deep: { all: [["a", "b"], { not: { all: ["a", "b"] } }] },
        third: { all: [["a", { all: ["b", "c"] }], { not: ["c"] }] },
        twice: { not: { not: "a" } },
        nobody: { not: { not: [] } },
        everybody: { all: [] },
        others: { not: "a" },
        openBut: { all: ["any", { not: "b" }] },
        one: [["a"]],
        lie: "never",
        truth: "always",
      },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("doc:1", "Doc", { a: [anne, beth], b: [beth, carl], c: [carl] }),
        put("doc:2", "Doc", { open: true, b: [beth] }),
      ],
      may: {
        "doc:1": {
          read: [],
          union: [anne, beth, carl],
          intersection: [beth],
          exclusion: [anne],
          deep: [anne, carl],
          third: [anne, beth],
          twice: [anne, beth],
          nobody: [],
          everybody: ["*"],
          others: [carl, dirk, "anonymous"],
          openBut: [],
          one: [anne, beth],
          lie: [],
          truth: ["*"],
        },
        "doc:2": { openBut: [anne, carl, dirk, "anonymous"], union: [beth], exclusion: [] },
      },
    },
  ],
}

const conditions: Model = {
  name: "conditions on what is asked about, on who asks, and on both",
  entities: {
    User: {
      attributes: {
        age: { type: "integer" },
        region: { type: "string", many: true },
        clearance: { type: "decimal" },
        team: { type: "ref", to: ["Team"] },
        since: { type: "instant" },
      },
    },
    Bot: { attributes: {} },
    Team: { attributes: { country: { type: "string" } } },
    Doc: {
      attributes: {
        minAge: { type: "integer" },
        region: { type: "string", many: true },
        level: { type: "decimal" },
        status: { type: "enum", values: { draft: "Draft", final: "Final", old: "Old" } },
        country: { type: "string" },
        from: { type: "instant" },
        author: { type: "ref", to: ["User", "Bot"] },
      },
      assign: [
        { group: "old-enough", when: { gte: [{ path: ["$security", "User/age"] }, { path: ["$self", "minAge"] }] } },
        { group: "grown-up", when: { gt: [{ path: ["$security", "User/age"] }, 17] } },
        { group: "near", when: { eq: [{ path: ["$self", "region"] }, { path: ["$security", "User/region"] }] } },
        { group: "cleared", when: { lte: [{ path: ["$self", "level"] }, { path: ["$security", "User/clearance"] }] } },
        { group: "live", when: { in: [{ path: ["$self", "status"] }, ["draft", "final"]] } },
        {
          group: "compatriot",
          when: { eq: [{ path: ["$security", "User/team", "Team/country"] }, { path: ["$self", "country"] }] },
        },
        { group: "settled", when: { lt: [{ path: ["$security", "User/since"] }, { path: ["$self", "from"] }] } },
        { group: "person", when: { type: ["$security", "User"] } },
        { group: "machine", when: { type: ["$security", "Bot"] } },
        { group: "authored", when: { exists: ["$self", ["author"]] } },
        { group: "orphan", when: { not: { exists: ["$self", ["author"]] } } },
        { group: "author", when: is("author") },
        { group: "not-young", when: { not: { lt: [{ path: ["$security", "User/age"] }, 18] } } },
      ],
      permissions: {
        read: ["old-enough"],
        grown: "grown-up",
        near: "near",
        cleared: "cleared",
        live: "live",
        compatriot: "compatriot",
        settled: "settled",
        person: "person",
        machine: "machine",
        authored: "authored",
        orphan: "orphan",
        notYoung: "not-young",
        whole: { all: ["near", "cleared", "live"] },
      },
    },
  },
  subjects: [...four, "bot:x"],
  stages: [
    {
      ops: [
        put("team:de", "Team", { country: "DE" }),
        put(anne, "User", {
          age: 18,
          region: ["eu", "us"],
          clearance: "2.50",
          team: "team:de",
          since: "2020-01-01T00:00:00Z",
        }),
        put(beth, "User", { age: 17, region: ["asia"], clearance: "10", since: "2024-01-01T00:00:00+05:00" }),
        put(carl, "User", { age: 40 }),
        put(dirk, "User", { region: ["eu"], clearance: "2.5" }),
        put("bot:x", "Bot"),
        put("doc:1", "Doc", { minAge: 18, region: ["eu"], level: "2.5", status: "final", country: "DE", author: anne }),
        put("doc:2", "Doc", { region: ["asia", "us"], level: "9.9", status: "old", from: "2023-12-31T19:30:00Z" }),
      ],
      may: {
        "doc:1": {
          read: [anne, carl],
          grown: [anne, carl],
          near: [anne, dirk],
          cleared: [anne, beth, dirk],
          live: ["*"],
          compatriot: [anne],
          settled: [],
          person: four,
          machine: ["bot:x"],
          authored: ["*"],
          orphan: [],
          notYoung: [anne, carl, dirk, "bot:x", "anonymous"],
          whole: [anne, dirk],
        },
        "doc:2": {
          read: [],
          near: [anne, beth],
          cleared: [beth],
          live: [],
          compatriot: [],
          settled: [anne, beth],
          orphan: ["*"],
          whole: [],
        },
      },
    },
    {
      ops: [
        { entity: "User", id: beth, set: { age: 18, team: "team:de" } },
        { entity: "User", id: anne, remove: { region: ["eu"] } },
      ],
      may: { "doc:1": { read: [anne, beth, carl], near: [dirk], compatriot: [anne, beth] } },
    },
    { ops: [{ retract: anne }], may: { "doc:1": { read: [beth, carl], orphan: ["*"], compatriot: [beth] } } },
  ],
}

const parents: Model = {
  name: "what is with several parents, each for other reasons",
  entities: {
    User: user,
    Folder: {
      attributes: { viewer: users, editor: users },
      assign: [
        { group: "viewer", when: is("viewer") },
        { group: "editor", when: is("editor") },
        { group: "both", when: { and: [is("viewer"), is("editor")] } },
      ],
      permissions: { read: ["viewer", "editor"] },
    },
    Doc: {
      attributes: {
        sealed: { type: "boolean" },
        parents: {
          type: "ref",
          many: true,
          to: ["Folder"],
          propagate: [
            {
              direction: "reverse",
              when: { not: { eq: [{ path: ["$child", "sealed"] }, true] } },
              groups: ["viewer"],
            },
            { direction: "reverse", when: true, groups: { editor: "distant", both: "both" } },
          ],
        },
      },
      permissions: { read: ["viewer", "distant"], mixed: { all: ["viewer", "distant"] }, both: "both" },
    },
  },
  subjects: four,
  stages: [
    {
      ops: [
        ...all(...four),
        put("folder:a", "Folder", { viewer: [anne, carl], editor: [carl] }),
        put("folder:b", "Folder", { viewer: [beth], editor: [anne] }),
        put("doc:1", "Doc", { parents: ["folder:a", "folder:b"] }),
        put("doc:2", "Doc", { parents: ["folder:a"], sealed: true }),
        put("doc:3", "Doc"),
      ],
      may: {
        "doc:1": { read: [anne, beth, carl], mixed: [anne, carl], both: [carl] },
        "doc:2": { read: [carl], mixed: [], both: [carl] },
        "doc:3": { read: [], both: [] },
      },
    },
    {
      ops: [{ entity: "Doc", id: "doc:1", remove: { parents: ["folder:b"] } }],
      may: { "doc:1": { read: [anne, carl], mixed: [carl], both: [carl] } },
    },
  ],
}

export const models = [direct, circular, nested, drive, github, slack, entitlements, algebra, conditions, parents]
