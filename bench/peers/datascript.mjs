// DataScript with 100,000 people in memory: one JSON line per figure.

import { createRequire } from "node:module"

const d = createRequire(import.meta.url)("datascript")

const people = 100_000
const departments = 1_111

// As in ../people.ts.
function numbers(seed) {
  let state = seed >>> 0
  return below => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const first = departments + 1
const datoms = []
for (let i = 0; i < departments; i++) datoms.push([i + 1, "deptName", `Dept ${i}`])
const random = numbers(42)
for (let i = 0; i < people; i++) {
  const e = first + i
  datoms.push([e, "name", `Name ${random(1_000)}`], [e, "email", `user${i}@example.org`], [e, "age", random(100)])
  datoms.push([e, "dept", 111 + (i % (departments - 111)) + 1])
  if (i > 0 && random(100) < 80) datoms.push([e, "manager", first + random(i)])
}
const ref = { ":db/valueType": ":db.type/ref" }
const db = d.init_db(datoms, {
  email: { ":db/unique": ":db.unique/identity" },
  name: { ":db/index": true },
  age: { ":db/index": true },
  dept: ref,
  manager: ref,
})

const figures = {
  "datalog: two joins": ['[:find ?e ?n :in $ ?d :where [?e "dept" ?d] [?e "name" ?n]]', 154],
  "datalog: three joins with a filter": [
    '[:find ?n ?a :in $ ?mn :where [?m "name" ?mn] [?e "manager" ?m] [?e "age" ?a] [(> ?a 50)] [?e "name" ?n]]',
    "Name 77",
  ],
  "datalog: negation": ['[:find ?e :in $ ?d :where [?e "dept" ?d] (not [_ "manager" ?e])]', 154],
}

for (const [figure, [query, ...args]] of Object.entries(figures)) {
  d.q(query, db, ...args)
  const taken = []
  for (let i = 0; i < 20; i++) {
    const before = performance.now()
    d.q(query, db, ...args)
    taken.push(performance.now() - before)
  }
  taken.sort((a, b) => a - b)
  console.log(JSON.stringify({ figure, value: taken[10] }))
}
