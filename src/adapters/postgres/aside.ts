import { instant } from "../../kernel/clock.ts"
import type { Json, JsonObject } from "../../kernel/json.ts"
import type { Fault, RefusalCode } from "../../kernel/refusal.ts"
import type { Aside, TransferStore } from "../../ports/transfer.ts"
import type { ParkedDelivery } from "../../ports/write.ts"
import { commandColumns } from "../sql/command-rows.ts"
import { conditionName } from "./condition.ts"
import type { Connections } from "./connections.ts"
import type { Ask, Cell, Session } from "./driver.ts"
import { bigints, integers, texts, type Value } from "./wire.ts"
import { withoutZeros, withZeros } from "./zeros.ts"

const rowsPerPage = 1_000

/** Carries out and in what a schema keeps beside the log. */
export function asideOf({ read, lend }: Connections): Pick<TransferStore, "aside" | "clearAside" | "addAside"> {
  return {
    async *aside() {
      for (const reading of readings) yield* pagesOf(read, reading)
    },
    clearAside: async () =>
      lend(async session =>
        inOne(session, async () => {
          const columns = `n, ${commandColumns}`
          await session.ask(`INSERT INTO @.commands(${columns}) SELECT ${columns} FROM @.archived_commands`)
          for (const table of ["archived_commands", "refusals", "timers", "deliveries"])
            await session.ask(`DELETE FROM @.${table}`)
          await session.ask("DELETE FROM @.checkpoints WHERE consumer <> $1", [conditionName])
        }),
      ),
    addAside: async page => lend(async session => inOne(session, async () => add(page, session.ask))),
  }
}

/** One kind of rows, in the order of some of their cells. */
type Reading = {
  readonly text: string
  readonly from: readonly Value[]
  readonly next: (row: readonly Cell[]) => readonly Value[]
  readonly asideOf: (row: readonly Cell[]) => Aside
}

type RefusalRow = [number, number, string, string, string, string, string, string, string]
type DeliveryRow = [string, number, number, string, string, string, number | null]

// Each cast says what the text beside it selects, and that what was written as JSON is read as such.
const readings: readonly Reading[] = [
  {
    text: `SELECT n, at, id, type, actor, code, sentence, faults, data FROM @.refusals WHERE n > $1 ORDER BY n LIMIT ${rowsPerPage}`,
    from: [0],
    next: ([n]) => [n as number],
    asideOf(row) {
      const [, at, id, type, actor, code, sentence, faults, data] = row as RefusalRow
      const said = { code: code as RefusalCode, faults: JSON.parse(faults) as Fault[], data: JSON.parse(data) as Json }
      return {
        kind: "refusal",
        id,
        type: withZeros(type),
        actor,
        sentence: withZeros(sentence),
        ...said,
        at: instant(at),
      }
    },
  },
  {
    text: `SELECT id, due, payload FROM @.timers WHERE id > $1 ORDER BY id LIMIT ${rowsPerPage}`,
    from: [""],
    next: ([id]) => [id as string],
    asideOf(row) {
      const [id, due, payload] = row as [string, number, string]
      return { kind: "timer", id, due, payload: JSON.parse(payload) as JsonObject }
    },
  },
  {
    text: `SELECT consumer, t FROM @.checkpoints WHERE consumer > $1 AND consumer <> '${conditionName}'
      ORDER BY consumer LIMIT ${rowsPerPage}`,
    from: [""],
    next: ([consumer]) => [consumer as string],
    asideOf(row) {
      const [consumer, reached] = row as [string, number]
      return { kind: "checkpoint", consumer, reached }
    },
  },
  {
    text: `SELECT consumer, t, n, entity, state, attempts, due FROM @.deliveries WHERE (consumer, t, n) > ($1, $2, $3)
      ORDER BY consumer, t, n LIMIT ${rowsPerPage}`,
    from: ["", 0, 0],
    next: row => row.slice(0, 3) as Value[],
    asideOf(row) {
      const [consumer, t, n, entity, state, attempts, due] = row as DeliveryRow
      const said = {
        state: state as ParkedDelivery["state"],
        attempts: JSON.parse(attempts) as ParkedDelivery["attempts"],
      }
      return { kind: "parked", consumer, t, n, entity, ...said, due }
    },
  },
  {
    text: `SELECT id, archived_at FROM @.archived_commands WHERE id > $1 ORDER BY id LIMIT ${rowsPerPage}`,
    from: [""],
    next: ([id]) => [id as string],
    asideOf(row) {
      const [id, at] = row as [string, number]
      return { kind: "archived", id, at: instant(at) }
    },
  },
]

async function archive(archived: readonly Of<"archived">[], ask: Ask): Promise<void> {
  for (const [at, group] of Map.groupBy(archived, one => Date.parse(one.at))) {
    await ask("SELECT @.move_commands_1($1, $2, $3)", [texts(group.map(({ id }) => id)), texts([]), at])
  }
}

async function* pagesOf(read: Ask, { text, from, next, asideOf: aside }: Reading): AsyncGenerator<Aside[]> {
  for (let rows = await read<Cell[]>(text, from); rows.length > 0;) {
    yield rows.map(aside)
    rows = await read<Cell[]>(text, next(rows.at(-1)!))
  }
}

type Of<Kind extends Aside["kind"]> = Extract<Aside, { kind: Kind }>

async function add(page: readonly Aside[], ask: Ask): Promise<void> {
  const kind = <Kind extends Aside["kind"]>(name: Kind) =>
    page.filter((aside): aside is Of<Kind> => aside.kind === name)
  const [refusals, timers, checkpoints, parked] = [kind("refusal"), kind("timer"), kind("checkpoint"), kind("parked")]
  await archive(kind("archived"), ask)
  if (refusals.length > 0) await addRefusals(refusals, ask)
  if (timers.length > 0) {
    await ask("INSERT INTO @.timers(id, due, payload) SELECT * FROM unnest($1::text[], $2::bigint[], $3::text[])", [
      texts(timers.map(({ id }) => id)),
      bigints(timers.map(({ due }) => due)),
      texts(timers.map(({ payload }) => JSON.stringify(payload))),
    ])
  }
  if (checkpoints.length > 0) {
    await ask("INSERT INTO @.checkpoints(consumer, t) SELECT * FROM unnest($1::text[], $2::bigint[])", [
      texts(checkpoints.map(({ consumer }) => consumer)),
      bigints(checkpoints.map(({ reached }) => reached)),
    ])
  }
  if (parked.length > 0) await addParked(parked, ask)
}

async function addRefusals(refusals: readonly Of<"refusal">[], ask: Ask): Promise<void> {
  await ask(
    `INSERT INTO @.refusals(at, id, type, actor, code, sentence, faults, data)
       SELECT r.at, r.id, r.type, r.actor, r.code, r.sentence, r.faults, r.data
         FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
           WITH ORDINALITY AS r(at, id, type, actor, code, sentence, faults, data, n) ORDER BY r.n`,
    [
      bigints(refusals.map(({ at }) => Date.parse(at))),
      texts(refusals.map(({ id }) => id)),
      texts(refusals.map(({ type }) => withoutZeros(type))),
      texts(refusals.map(({ actor }) => actor)),
      texts(refusals.map(({ code }) => code)),
      texts(refusals.map(({ sentence }) => withoutZeros(sentence))),
      texts(refusals.map(({ faults }) => JSON.stringify(faults))),
      texts(refusals.map(({ data }) => JSON.stringify(data))),
    ],
  )
}

async function addParked(parked: readonly Of<"parked">[], ask: Ask): Promise<void> {
  await ask(
    `INSERT INTO @.deliveries(consumer, t, n, entity, state, attempts, due) SELECT * FROM
       unnest($1::text[], $2::bigint[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::bigint[])`,
    [
      texts(parked.map(({ consumer }) => consumer)),
      bigints(parked.map(({ t }) => t)),
      integers(parked.map(({ n }) => n)),
      texts(parked.map(({ entity }) => entity)),
      texts(parked.map(({ state }) => state)),
      texts(parked.map(({ attempts }) => JSON.stringify(attempts))),
      bigints(parked.map(({ due }) => due)),
    ],
  )
}

async function inOne({ run }: Session, work: () => Promise<void>): Promise<void> {
  await run("BEGIN")
  try {
    await work()
    await run("COMMIT")
  } catch (error) {
    await run("ROLLBACK").catch(() => {})
    throw error
  }
}
