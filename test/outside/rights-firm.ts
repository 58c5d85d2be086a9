/** A firm in which people have files about them that they read in part, and cases that few may see. */
export const firm = {
  daybook: 1,
  name: "firm",
  version: 1,
  entities: {
    Person: {
      attributes: {
        name: { type: "string", required: true },
        email: { type: "string", unique: "identity", permissions: { read: "boss", write: "boss" } },
        badge: { type: "string", unique: "value", permissions: { read: "boss" } },
        salary: { type: "integer", index: true, permissions: { read: "boss" } },
        mentor: { type: "ref", to: ["Person"], permissions: { read: "boss" } },
        public: { type: "boolean", default: true },
        boss: { type: "ref", many: true, to: ["Person"] },
      },
      assign: [
        { group: "self", when: { is: ["$self", "$security"] } },
        { group: "boss", when: { reaches: ["$self", ["boss"], "$security"] } },
        {
          group: "colleague",
          when: { and: [{ type: ["$security", "Person"] }, { eq: [{ path: ["$self", "public"] }, true] }] },
        },
      ],
      permissions: { read: ["self", "boss", "colleague"], write: ["self", "boss"], create: "boss" },
    },
    Case: {
      attributes: {
        title: { type: "string" },
        number: { type: "string", unique: "identity" },
        lead: { type: "ref", to: ["Person"] },
        team: { type: "ref", many: true, to: ["Person"] },
        secret: { type: "string", permissions: { read: "lead", write: "lead" } },
        about: { type: "ref", to: ["Person", "Case"] },
        parent: {
          type: "ref",
          to: ["Case"],
          propagate: [{ direction: "reverse", when: true, groups: { lead: "above", team: "team" } }],
        },
        helps: {
          type: "ref",
          many: true,
          to: ["Case"],
          propagate: [{ direction: "forward", when: true, groups: ["lead"] }],
        },
        parts: { type: "ref", many: true, to: ["Note"], component: true },
        scan: { type: "file" },
      },
      assign: [
        { group: "lead", when: { reaches: ["$self", ["lead"], "$security"] } },
        { group: "team", when: { reaches: ["$self", ["team"], "$security"] } },
      ],
      permissions: { read: ["lead", "team", "above"], write: ["lead"] },
    },
    Note: {
      attributes: {
        text: { type: "string" },
        author: { type: "ref", to: ["Person"] },
        on: { type: "ref", to: ["Case"], required: true },
      },
      assign: [{ group: "author", when: { reaches: ["$self", ["author"], "$security"] } }],
      permissions: { read: "author", write: "author" },
    },
  },
}

/** Ann leads, Ben is in her team, Cay has a case of her own, Zoe is seen by nobody but herself. */
export const people = [
  {
    entity: "Person",
    id: "ann",
    set: { name: "Ann", email: "ann@x", badge: "A1", salary: 5000, mentor: "zoe", boss: ["ann"] },
  },
  {
    entity: "Person",
    id: "ben",
    set: { name: "Ben", email: "ben@x", badge: "B1", salary: 3000, mentor: "ann", boss: ["ann"] },
  },
  { entity: "Person", id: "cay", set: { name: "Cay", email: "cay@x", badge: "C1", salary: 3100, boss: ["ann"] } },
  { entity: "Person", id: "zoe", set: { name: "Zoe", email: "zoe@x", badge: "Z1", public: false } },
  {
    entity: "Case",
    id: "theft",
    set: { title: "Theft", number: "T-1", lead: "ann", team: ["ben", "zoe"], secret: "It was Zoe", about: "zoe" },
  },
  { entity: "Case", id: "inner", set: { title: "Inner", number: "T-2", lead: "zoe", parent: "theft", about: "cay" } },
  { entity: "Case", id: "fraud", set: { title: "Fraud", number: "F-1", lead: "cay" } },
  { entity: "Note", id: "note-ben", set: { text: "Ben saw it", author: "ben", on: "theft" } },
  { entity: "Note", id: "note-zoe", set: { text: "Zoe too", author: "zoe", on: "fraud" } },
  { entity: "Case", id: "cay-case", set: { title: "Old", number: "C-9", lead: "cay", parts: ["note-zoe"] } },
]
