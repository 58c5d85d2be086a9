import type { Command } from "daybook"

const people = { alice: "Alice Adams", bob: "Bob Brown", carol: "Carol Clark", dave: "Dave Dunn" }

const users = Object.entries(people).map(([id, name]) => ({
  entity: "User",
  id,
  set: { name, email: `${id}@example.org`, passwordDigest: `digest of ${id}` },
}))

const orgs = [
  { entity: "Org", id: "acme", set: { name: "Acme" }, add: { admins: ["alice"], members: ["bob"] } },
  { entity: "Org", id: "zenith", set: { name: "Zenith" }, add: { members: ["carol"] } },
]

const documents = [
  {
    entity: "Folder",
    id: "plans",
    set: { title: "Plans", notes: "For us alone", org: "acme", owner: "bob", status: "published" },
  },
  { entity: "File", id: "budget", set: { title: "Budget", folder: "plans", notes: "Still a guess" } },
  { entity: "File", id: "diary", set: { title: "Diary", folder: "plans", private: true, owner: "bob" } },
  {
    entity: "File",
    id: "offer",
    set: { title: "Offer", org: "acme", owner: "dave", status: "published" },
    add: { related: ["terms"] },
  },
  { entity: "File", id: "terms", set: { title: "Terms", org: "acme", owner: "carol" }, add: { related: ["offer"] } },
  { entity: "File", id: "minutes", set: { title: "Minutes", org: "zenith" }, add: { related: ["offer"] } },
]

const shares = [
  { entity: "Share", id: "plans-for-zenith", set: { to: "zenith", document: "plans", active: true } },
  { entity: "Share", id: "offer-for-zenith", set: { to: "zenith", document: "offer", active: false } },
]

/** Two organisations, four people, what they wrote and what they share. */
export const seed: readonly Omit<Command, "id">[] = [
  { type: "Transact", target: null, data: { ops: [...users, ...orgs, ...documents, ...shares] } },
]
