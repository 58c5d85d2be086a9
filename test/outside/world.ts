/** A schema with a type for each small world that queries are tried on. */
export const schema = {
  daybook: 1,
  name: "outside",
  version: 1,
  entities: {
    // Four people, for patterns and joins.
    Person: {
      attributes: {
        name: { type: "string", index: true },
        email: { type: "string", unique: "identity" },
        nick: { type: "string", unique: "value" },
        age: { type: "integer" },
        height: { type: "number" },
        aka: { type: "string", many: true },
        friend: { type: "ref", to: ["Person"], many: true },
        boss: { type: "ref", to: ["Person"] },
        born: { type: "instant" },
        pay: { type: "decimal" },
        active: { type: "boolean" },
        extra: { type: "json" },
        level: { type: "enum", values: { low: "Low", high: "High" } },
        passport: { type: "ref", to: ["Paper"], unique: "identity" },
      },
    },
    Paper: { attributes: { number: { type: "string", unique: "identity" } } },
    // Six people with names and ages, for what is denied and what is chosen.
    Six: { attributes: { name: { type: "string" }, age: { type: "integer" } } },
    // A graph, for rules.
    Node: { attributes: { follow: { type: "ref", to: ["Node"], many: true }, even: { type: "boolean" } } },
    Monster: { attributes: { name: { type: "string" }, heads: { type: "integer" }, weight: { type: "decimal" } } },
    // A family and a thing of parts, for pulls.
    Kin: {
      attributes: {
        name: { type: "string" },
        aka: { type: "string", many: true },
        child: { type: "ref", to: ["Kin"], many: true },
        friend: { type: "ref", to: ["Kin"], many: true },
        enemy: { type: "ref", to: ["Kin"], many: true },
        father: { type: "ref", to: ["Kin"] },
        count: { type: "integer" },
        tags: { type: "json" },
      },
    },
    Part: {
      attributes: {
        name: { type: "string" },
        part: { type: "ref", to: ["Part"], many: true, component: true },
        spec: { type: "ref", to: ["Part"], component: true },
      },
    },
    Ring: { attributes: { part: { type: "ref", to: ["Ring"] }, spec: { type: "ref", to: ["Ring"] } } },
    Medium: {
      abstract: { attributes: { title: { type: "string" }, owner: { type: "ref", to: ["Person"] } } },
      variants: {
        Book: { attributes: { pages: { type: "integer" } } },
        Disc: { attributes: { minutes: { type: "integer" } } },
      },
    },
    Shelf: { attributes: { holds: { type: "ref", to: ["Medium"], many: true }, label: { type: "string" } } },
  },
}

type Attributes = Readonly<Record<string, unknown>>
const put = (entity: string) => (id: string, set: Attributes) => ({ entity, id, set })
const [person, six, node, monster, kin, part] = ["Person", "Six", "Node", "Monster", "Kin", "Part"].map(put) as [
  ReturnType<typeof put>,
  ReturnType<typeof put>,
  ReturnType<typeof put>,
  ReturnType<typeof put>,
  ReturnType<typeof put>,
  ReturnType<typeof put>,
]

/** All entities of these worlds. */
export const ops = [
  put("Paper")("pp", { number: "P-1" }),
  person("1", { name: "Ivan", age: 15, email: "ivan@x", aka: ["Vanya", "Ivanushka"], friend: ["2", "3"], boss: "2" }),
  person("2", { name: "Petr", age: 37, email: "petr@x", aka: ["Devil"], friend: ["3"], height: 1.8, pay: "10.50" }),
  person("3", {
    name: "Ivan",
    age: 37,
    email: "oleg@x",
    nick: "O",
    boss: "2",
    active: true,
    pay: "9.5",
    passport: "pp",
  }),
  person("4", { age: 15, active: false, extra: { a: [1, "x"] }, level: "low", born: "2000-01-01T00:00:00Z" }),
  ...[
    ["Ivan", 10],
    ["Ivan", 20],
    ["Oleg", 10],
    ["Oleg", 20],
    ["Ivan", 10],
    ["Ivan", 20],
  ].map(([name, age], i) => six(`s${i + 1}`, { name, age })),
  ...[1, 2, 3, 4, 5, 6].map(i => node(`n${i}`, { even: i % 2 === 0 })),
  node("n5", { follow: ["n3"] }),
  node("n1", { follow: ["n2"] }),
  node("n2", { follow: ["n3", "n4"] }),
  node("n3", { follow: ["n4"] }),
  node("n4", { follow: ["n6"] }),
  monster("m1", { name: "Cerberus", heads: 3, weight: "0.1" }),
  monster("m2", { name: "Medusa", heads: 1, weight: "0.2" }),
  monster("m3", { name: "Cyclops", heads: 1 }),
  monster("m4", { name: "Chimera", heads: 1 }),
  ...["Petr", "David", "Thomas", "Lucy", "Elizabeth", "Matthew", "Eunan", "Kerri", "Rebecca"].map((name, i) =>
    kin(`k${i + 1}`, { name }),
  ),
  kin("k1", { aka: ["Devil", "Tupen"], child: ["k2", "k3"] }),
  kin("k2", { father: "k1" }),
  kin("k3", { father: "k1" }),
  kin("k6", { father: "k3" }),
  kin("k4", { friend: ["k5"], enemy: ["k6"] }),
  kin("k5", { friend: ["k6"], enemy: ["k7"] }),
  kin("k6", { friend: ["k7"], enemy: ["k8"], tags: [] }),
  kin("k7", { friend: ["k8"], enemy: ["k4"] }),
  kin("k8", { friend: ["k4"], count: 0 }),
  part("a", { name: "Part A", part: ["aa", "ab"], spec: "as" }),
  part("as", { name: "Spec of A" }),
  part("aa", { name: "Part A.A", part: ["aaa", "aab"] }),
  part("aaa", { name: "Part A.A.A", part: ["aaaa", "aaab"] }),
  part("aaaa", { name: "Part A.A.A.A" }),
  part("aaab", { name: "Part A.A.A.B" }),
  part("aab", { name: "Part A.A.B" }),
  part("ab", { name: "Part A.B", part: ["aba"] }),
  part("aba", { name: "Part A.B.A" }),
  ...["r1", "r2", "r3"].map(id => put("Ring")(id, {})),
  put("Ring")("r1", { part: "r2", spec: "r2" }),
  put("Ring")("r2", { part: "r3", spec: "r1" }),
  put("Ring")("r3", { part: "r1" }),
  put("Book")("b1", { title: "Emma", pages: 400, owner: "1" }),
  put("Disc")("d1", { title: "Kind of Blue", minutes: 45, owner: "1" }),
  put("Disc")("d2", { title: "Emma", minutes: 90 }),
  put("Shelf")("sh", { label: "top", holds: ["b1", "d1", "d2"] }),
]
