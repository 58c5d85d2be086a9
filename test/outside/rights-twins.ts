import { people } from "./rights-firm.ts"

type Op = { readonly id: string; readonly set: { readonly [name: string]: unknown } }

/** What is hidden from Ben, as it is in the other world: other values, no values, or nobody at all. */
const others: { readonly [id: string]: { readonly [name: string]: unknown } | null } = {
  ann: { email: "q@x", badge: "Q1", salary: 1, mentor: "ann" },
  ben: { email: "b@x", badge: "Q2", salary: 9999, mentor: "yan" },
  cay: { email: undefined, badge: undefined, salary: 0 },
  zoe: null,
  theft: { team: ["ben"], secret: "It was nobody", about: undefined, parts: undefined },
  inner: { lead: undefined },
  fraud: null,
  "note-ben": { on: "theft" },
  "note-zoe": null,
  "cay-case": null,
}

/** What has been said in two worlds that Ben cannot tell apart. */
export function twins(): readonly (readonly (readonly object[])[])[] {
  const own = { entity: "Case", id: "own", set: { title: "Own", number: "O-1", lead: "ben" } }
  const part = { entity: "Note", id: "part", set: { text: "A part", author: "cay", on: "theft" } }
  const yan = { entity: "Person", id: "yan", set: { name: "Aaron", email: "yan@x", salary: 3000, public: false } }
  const one: readonly Op[] = (people as readonly Op[]).map(op =>
    op.id === "theft" ? { ...op, set: { ...op.set, parts: ["part"] } } : op.id === "note-zoe" ? hiddenNote(op) : op,
  )
  return [
    [[...one, own, part], ...changes("zoe", "It was Zoe!", { retract: "cay-case" })],
    [[...one.flatMap(inTheOther), own, yan], ...changes("yan", "Ask Yan", { retract: "yan-note" })],
  ]
}

function hiddenNote(op: Op): Op {
  return { ...op, set: { ...op.set, author: "cay" } }
}

const note = { entity: "Note", set: { text: "Hidden", author: "cay", on: "theft" } }

function inTheOther(op: Op): readonly Op[] {
  const other = others[op.id]
  // As many come to be: at which place of its transaction an event stands is told.
  if (other === null) return [{ ...note, id: `not-${op.id}` } as Op]
  return [{ ...op, set: JSON.parse(JSON.stringify({ ...op.set, ...other })) as Op["set"] }]
}

function changes(hidden: string, secret: string, last: object): readonly (readonly object[])[] {
  return [
    [{ entity: "Case", id: "theft", set: { secret } }],
    [{ entity: "Person", id: "ann", set: { mentor: hidden, salary: hidden === "zoe" ? 7000 : 3 } }],
    [{ entity: "Case", id: "own", set: { about: "theft" } }],
    [{ entity: "Note", id: "yan-note", set: { on: "theft", author: "cay", text: hidden } }],
    [last],
  ]
}

const people_ = ["ann", "ben", "cay", "zoe", "yan"]
const ids = [
  ...people_,
  "theft",
  "inner",
  "fraud",
  "own",
  "cay-case",
  "note-ben",
  "note-zoe",
  "part",
  "yan-note",
  "none",
]
const mine = ["own", "theft", "inner", "note-ben", "ben", "ann"]
const lookups = [
  ["Person/email", "ann@x"],
  ["Person/email", "zoe@x"],
  ["Person/email", "yan@x"],
  ["Case/number", "T-1"],
  ["Case/number", "F-1"],
  ["Case/number", "O-1"],
]
const refs = [
  "Person/mentor",
  "Case/lead",
  "Case/team",
  "Case/about",
  "Case/parent",
  "Case/parts",
  "Note/author",
  "Note/on",
]
const plain = ["Person/name", "Person/email", "Person/salary", "Case/title", "Case/number", "Case/secret", "Note/text"]
const attributes = [...refs, ...plain]
const backwards = refs.map(name => name.replace("/", "/_"))
const values = ["Zoe", "Aaron", "ann@x", "F-1", "T-1", 3000, 9999, "It was Zoe", ...ids]
const variables = ["?a", "?b", "?c", "?d"]

/** Calls that anybody may make, made up by chance that is the same each time. */
export class Asking {
  readonly #chance: () => number

  constructor(chance: () => number) {
    this.#chance = chance
  }

  /** A path and, for a POST, its body. */
  next(): readonly [string, object?] {
    return this.#pick([
      () => ["/query", this.#pull()] as const,
      () => ["/query", this.#find()] as const,
      () =>
        [
          "/query",
          this.#pick([{ history: this.#entity() }, { diff: this.#entity(), from: 1, to: this.#pick([3, 9]) }]),
        ] as const,
      () => ["/commands", { type: "Transact", data: { ops: [this.#op(), this.#op()] } }] as const,
      () => ["/commands", { type: "Transact", data: { ops: [this.#op()] } }] as const,
      () =>
        ["/check", [{ subject: "ben", entity: this.#entity(), permission: this.#pick(["read", "write"]) }]] as const,
      () => [this.#page()] as const,
    ])()
  }

  #pull(): object {
    const of = this.#pick([this.#entity(), [this.#entity(), this.#entity(), this.#entity()]])
    return { pull: this.#pattern(2), of, ...this.#moment() }
  }

  #pattern(depth: number): readonly unknown[] {
    return this.#some(4, () =>
      this.#pick<() => unknown>([
        () => this.#pick(["*", "@id", "@groups", "@permissions", "@createdT"]),
        () => this.#pick([...attributes, ...backwards]),
        () => [
          this.#pick([...attributes, ...backwards]),
          this.#pick([{ default: "none" }, { limit: 1 }, { offset: 1 }]),
        ],
        () => ({ [this.#pick([...refs, ...backwards])]: depth > 0 ? this.#pattern(depth - 1) : ["*"] }),
        () => [{ [this.#pick(refs)]: this.#pick([1, "..."]) }, { default: "none" }],
      ])(),
    )
  }

  #find(): object {
    const where = this.#some(3, () => this.#clause())
    const [first, second] = [this.#pick(variables), this.#pick(variables)]
    const find = this.#pick([
      [[first, "..."]],
      [first, second],
      [["count", first], "."],
      [["max", first], "."],
      [first, ["count", second]],
    ])
    return { find, where, ...this.#pick([{}, { order: [[first, "desc"]], limit: 2 }]), ...this.#moment() }
  }

  #clause(): readonly unknown[] {
    const [entity, value] = [this.#pick(variables), this.#pick(variables)]
    return this.#pick([
      [entity, this.#pick(attributes), value],
      [entity, this.#pick(attributes), this.#pick(values)],
      [this.#entity(), this.#pick(attributes), value],
      [entity, "?d", value],
      ["not", [entity, this.#pick(attributes), this.#pick(["_", value])]],
      [["missing", entity, this.#pick(attributes)]],
      [["getElse", entity, this.#pick(attributes), 0], value],
      [[this.#pick(["<", ">=", "startsWith", "includes"]), entity, this.#pick(["A", 100])]],
      [["/", 1, entity], value],
    ])
  }

  #op(): object {
    const [attr, id] = [this.#pick(attributes), this.#pick([...mine, ...mine, ...lookups, "~new"])]
    const [entity = "", name = ""] = attr.split("/")
    // Whoever might make it is told that an id is taken: that is said, and no more.
    const of = { entity, id: entity === "Person" ? this.#pick([id, ...ids]) : id }
    const [value, other] = [this.#pick(values), this.#pick(values)]
    return this.#pick<object>([
      { ...of, set: { [name]: entity === "Person" ? null : value, ...(entity === "Case" && { lead: "ben" }) } },
      { ...of, add: { [name]: [value] } },
      { ...of, remove: { [name]: [value] } },
      { cas: this.#pick([id, ...ids]), attr: name, old: value, new: other },
      { retract: this.#pick([id, ...ids]) },
      { ...of, set: { [this.#pick(backwards)]: [value] } },
    ])
  }

  #page(): string {
    const [type, id] = [this.#pick(["Person", "Case", "Note"]), this.#pick(ids)]
    const from = Math.floor(this.#chance() * 6)
    return this.#pick([
      `/streams/${type}/${id}?from=${from}&limit=2`,
      `/events?after=${from}&limit=${from + 1}`,
      `/explain?subject=ben&entity=${id}&permission=read`,
      "/commands",
      "/dead-letters",
    ])
  }

  #moment(): object {
    return this.#pick([{}, {}, {}, { asOf: 1 }, { asOf: 3 }, { since: 1 }, { since: 4 }])
  }

  #entity(): unknown {
    return this.#pick<unknown>([...ids, ...lookups])
  }

  #some<X>(most: number, make: () => X): readonly X[] {
    return Array.from({ length: 1 + Math.floor(this.#chance() * most) }, make)
  }

  #pick<X>(of: readonly X[]): X {
    return of[Math.floor(this.#chance() * of.length)]!
  }
}
