import { hash } from "node:crypto"
import { emptied } from "../../kernel/erased.ts"
import { sameJson, type JsonObject } from "../../kernel/json.ts"
import { assert } from "../../kernel/refusal.ts"
import { erasedSentence, placesOf, type ErasedPlace, type Erasure } from "../../ports/erasure.ts"
import type { TransactionWrite, WriteOutcome } from "../../ports/write.ts"
import { textOrNull } from "../sql/command-rows.ts"
import { leftTexts } from "../sql/left-texts.ts"
import { places } from "../sql/places.ts"
import type { Ask } from "./driver.ts"
import type { Names } from "./names.ts"
import type { StoreParts } from "./parts.ts"
import { still } from "./tables.ts"
import { transactionsLeft } from "./verify-chain.ts"
import { bigints, texts } from "./wire.ts"

/**
 * Makes what a transaction takes out of the past so, within the transaction of the database that it is written in; unless
 * its list of transactions is not what comes of that: then it is a conflict, to be rolled back.
 */
export async function erase(
  ask: Ask,
  names: Names,
  { erase: erasure, events }: TransactionWrite,
): Promise<WriteOutcome | null> {
  if (erasure === undefined) return null
  if (sameJson(await placesAfter(ask, names, erasure), placesOf(events.at(-1)?.data ?? {}))) {
    await empty(ask, erasure)
    return null
  }
  const sentence = `What is to be erased of ${erasure.id} is another by now`
  return { kind: "conflict", sentence, facts: { id: erasure.id }, unique: false }
}

/** What an erasure would come to. */
export async function tried({ connections, names }: StoreParts, erasure: Erasure): Promise<readonly ErasedPlace[]> {
  return placesAfter(connections.read, names, erasure)
}

// So many transactions are read at once.
const placesAtOnce = 500

async function placesAfter(ask: Ask, names: Names, erasure: Erasure): Promise<readonly ErasedPlace[]> {
  const { transactions } = erasure
  const left = leftTexts(erasure)
  const found: ErasedPlace[] = []
  for (let from = 0; from < transactions.length; from += placesAtOnce) {
    for (const { t, hash: hashed, text } of await transactionsLeft(
      ask,
      names,
      transactions.slice(from, from + placesAtOnce),
      left,
    )) {
      found.push({ t, hash: hashed, left: hash("sha256", text) })
    }
  }
  assert(found.length === transactions.length, "what is to be erased is in a transaction that is not there")
  return found
}

/** Puts what is left in the place of what was. */
async function empty(ask: Ask, erasure: Erasure): Promise<void> {
  const { id, attributes, events, versions } = erasure
  await ask(
    "UPDATE @.events AS e SET data = u.data FROM unnest($1::bigint[], $2::text[]) AS u(pos, data) WHERE e.pos = u.pos",
    [bigints(events.map(({ t, n }) => t * places + n)), texts(events.map(({ data }) => JSON.stringify(data)))],
  )
  await ask(
    `UPDATE @.versions AS v SET document = u.document FROM unnest($1::bigint[], $2::text[]) AS u(t, document)
      WHERE v.entity = (SELECT key FROM @.entities WHERE id = $3) AND v.document IS NOT NULL
        AND v.pos >= u.t * ${places} AND v.pos < (u.t + 1) * ${places}`,
    [bigints(versions.map(({ t }) => t)), texts(versions.map(({ document }) => JSON.stringify(document))), id],
  )
  await ask(
    `DELETE FROM @.vals WHERE entity = (SELECT key FROM @.entities WHERE id = $1) AND to_t < ${still}
        AND ($2 OR attribute IN (SELECT key FROM @.names WHERE name = ANY($3)))`,
    [id, attributes === null, texts([...(attributes ?? [])])],
  )
  await emptyCommands(ask, erasure)
  await ask(
    `UPDATE @.refusals AS r SET sentence = $1, faults = '[]', data = $2 WHERE EXISTS (SELECT 1 FROM unnest($3::text[]) AS u(said)
       WHERE strpos(r.data, u.said) > 0 OR strpos(r.faults, u.said) > 0 OR strpos(r.sentence, u.said) > 0)`,
    [erasedSentence, JSON.stringify(emptied), texts([...erasure.mentions])],
  )
  await emptyDeliveries(ask, events)
}

async function emptyCommands(ask: Ask, { commands }: Erasure): Promise<void> {
  for (const table of ["commands", "archived_commands"]) {
    await ask(
      `UPDATE @.${table} AS c SET data = u.data, result = u.result, error = u.error
         FROM unnest($1::text[], $2::text[], $3::text[], $4::text[]) AS u(id, data, result, error) WHERE c.id = u.id`,
      [
        texts(commands.map(one => one.id)),
        texts(commands.map(one => JSON.stringify(one.data))),
        texts(commands.map(one => textOrNull(one.result))),
        texts(commands.map(one => textOrNull(one.error))),
      ],
    )
  }
}

// What went wrong in an attempt may tell of what it was about.
async function emptyDeliveries(ask: Ask, events: Erasure["events"]): Promise<void> {
  const ats = [bigints(events.map(({ t }) => t)), bigints(events.map(({ n }) => n))]
  const rows = await ask<[consumer: string, t: number, n: number, attempts: string]>(
    `SELECT consumer, t, n, attempts FROM @.deliveries
      WHERE (t, n) IN (SELECT t, n FROM unnest($1::bigint[], $2::bigint[]) AS u(t, n))`,
    ats,
  )
  for (const [consumer, t, n, text] of rows) {
    // What was written as attempts is read as such.
    const attempts = (JSON.parse(text) as readonly JsonObject[]).map(one => ({ ...one, error: erasedSentence }))
    await ask("UPDATE @.deliveries SET attempts = $1 WHERE consumer = $2 AND t = $3 AND n = $4", [
      JSON.stringify(attempts),
      consumer,
      t,
      n,
    ])
  }
}
