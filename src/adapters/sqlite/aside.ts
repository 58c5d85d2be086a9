import type { DatabaseSync } from "node:sqlite"
import type { JsonObject } from "../../kernel/json.ts"
import { unreachable } from "../../kernel/refusal.ts"
import type { Aside, TransferStore } from "../../ports/transfer.ts"
import { archiver } from "./archive.ts"
import { conditionName } from "./condition.ts"
import { deliveryOf, deliveryWriter, selectDeliveries, type DeliveryRow } from "./deliveries.ts"
import { prepare, together, type Cell } from "./driver.ts"
import { commandColumns } from "../sql/command-rows.ts"
import { instantOf, msOf } from "../sql/instants.ts"
import { refusalOf, refusalWriter, refusalColumns, type RefusalRow } from "./refusals.ts"
import { leadTo } from "./stretches.ts"
import { timerWriter } from "./timers.ts"

const rowsPerPage = 1_000

type Reading = Pick<TransferStore, "aside" | "clearAside" | "addAside">

/** Carries out and in what a file keeps beside the log. */
export function asideOf(db: DatabaseSync): Reading {
  return {
    async *aside() {
      yield* refusals(db)
      yield* pagesOf<[string, number, string]>(
        db,
        "SELECT id, due, payload FROM timers WHERE id > ? ORDER BY id",
        row => {
          // What was written as an object is read as one.
          return { kind: "timer", id: row[0], due: row[1], payload: JSON.parse(row[2]) as JsonObject }
        },
      )
      yield* pagesOf<[string, number]>(
        db,
        `SELECT consumer, t FROM checkpoints WHERE consumer > ? AND consumer <> '${conditionName}' ORDER BY consumer`,
        row => ({ kind: "checkpoint", consumer: row[0], reached: row[1] }),
      )
      yield* parked(db)
      yield* pagesOf<[string, number]>(
        db,
        "SELECT id, archived_at FROM archived_commands WHERE id > ? ORDER BY id",
        ([id, at]) => ({ kind: "archived", id, at: instantOf(at) }),
      )
    },
    clearAside() {
      const columns = `n, ${commandColumns}`
      db.exec(`BEGIN IMMEDIATE; DELETE FROM refusals;
        INSERT INTO commands(${columns}) SELECT ${columns} FROM archived_commands;
        ${leadTo("archived_commands")}; DELETE FROM archived_commands; DELETE FROM timers; DELETE FROM deliveries;
        DELETE FROM checkpoints WHERE consumer <> '${conditionName}'; COMMIT`)
    },
    addAside: adder(db),
  }
}

function adder(db: DatabaseSync): (page: readonly Aside[]) => void {
  const [writeRefusal, writeTimer, writeDeliveries] = [refusalWriter(db), timerWriter(db), deliveryWriter(db)]
  const { archive } = archiver(db)
  const add = (aside: Aside): void => {
    switch (aside.kind) {
      case "archived":
        return archive({ ids: [aside.id] }, msOf(aside.at))
      case "refusal":
        return writeRefusal(aside, msOf(aside.at))
      case "timer":
        return writeTimer(aside)
      case "parked":
        return writeDeliveries({ consumer: aside.consumer, reached: null, parked: [aside], done: [] })
      case "checkpoint":
        return writeDeliveries({ consumer: aside.consumer, reached: aside.reached, parked: [], done: [] })
      default:
        return unreachable(aside)
    }
  }
  return page => together(db, () => page.forEach(add))
}

function* refusals(db: DatabaseSync): Generator<Aside[]> {
  const page = prepare<[number, ...RefusalRow]>(
    db,
    `SELECT n, ${refusalColumns} FROM refusals WHERE n > ? ORDER BY n LIMIT ${rowsPerPage}`,
  )
  for (let rows = page.all(0); rows.length > 0; rows = page.all(rows.at(-1)![0])) {
    yield rows.map(([, ...row]) => ({ kind: "refusal", ...refusalOf(row) }))
  }
}

function* parked(db: DatabaseSync): Generator<Aside[]> {
  const page = prepare<DeliveryRow>(
    db,
    `${selectDeliveries} WHERE (consumer, t, n) > (?, ?, ?) ORDER BY consumer, t, n LIMIT ${rowsPerPage}`,
  )
  for (let rows = page.all("", 0, 0); rows.length > 0;) {
    yield rows.map(row => ({ kind: "parked", ...deliveryOf(row) }))
    const [consumer, t, n] = rows.at(-1)!
    rows = page.all(consumer, t, n)
  }
}

/** Pages of rows whose first cell is their key. */
function* pagesOf<Row extends readonly [string, ...Cell[]]>(
  db: DatabaseSync,
  select: string,
  asideOfRow: (row: Row) => Aside,
): Generator<Aside[]> {
  const page = prepare<Row>(db, `${select} LIMIT ${rowsPerPage}`)
  for (let rows = page.all(""); rows.length > 0; rows = page.all(rows.at(-1)![0])) yield rows.map(asideOfRow)
}
