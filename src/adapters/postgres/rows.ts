import { hashedText, writtenCommandText, type CommandTexts } from "../../ports/hash.ts"
import type { TransactionWrite } from "../../ports/write.ts"
import { limits } from "../../kernel/limits.ts"
import type { KnownEnd } from "./chain.ts"
import { bigints, byteas, integers, texts, type Value } from "./wire.ts"

type Numbers = (number | null)[]
type Texts = (string | null)[]

// In the order of the functions' parameters, by the letter of their kind: b bigint[], i integer[], t text[].
const logShape = {
  leaseName: "t",
  leaseEpoch: "b",
  freeId: "t",
  readEntity: "b",
  readVersion: "i",
  claimedAttribute: "i",
  claimedValue: "t",

  xCommand: "b",
  xAt: "b",
  xActor: "i",
  xSchema: "i",
  xType: "i",
  xId: "t",
  xCorrelation: "t",
  xHashed: "t",

  cN: "b",
  cBefore: "b",
  cFirst: "i",
  cLast: "i",
  cCreated: "b",
  cDue: "b",
  cExpected: "b",
  cBasis: "b",
  cType: "i",
  cTargetType: "i",
  cOwner: "i",
  cAttempts: "i",
  cState: "i",
  cId: "t",
  cTarget: "t",
  cParent: "t",
  cCorrelation: "t",
  cOccurred: "t",
  cDigest: "t",
  cData: "t",
  cResult: "t",
  cError: "t",
  cHistory: "t",

  eKey: "b",
  eId: "t",
  eType: "i",
  eCreated: "i",
  eBefore: "i",
  eVersion: "i",

  vPlace: "b",
  vEntity: "b",
  vVersion: "i",
  vType: "i",
  vTypeVersion: "i",
  vRejection: "i",
  vKind: "i",
  vId: "t",
  vOccurred: "t",
  vData: "t",

  dPlace: "b",
  dEntity: "b",
  dDocument: "t",

  endedAt: "i",
  endedEntity: "b",
  endedAttribute: "i",
  endedValue: "t",
  begunAt: "i",
  begunUntil: "i",
  begunEntity: "b",
  begunAttribute: "i",
  begunValue: "t",

  timerGone: "t",
  timerId: "t",
  timerDue: "b",
  timerPayload: "t",
} as const

const sideShape = {
  reachedConsumer: "t",
  reachedT: "b",
  doneConsumer: "t",
  doneT: "b",
  doneN: "i",
  pConsumer: "t",
  pT: "b",
  pN: "i",
  pDue: "b",
  pEntity: "t",
  pState: "t",
  pAttempts: "t",
  pageProjection: "b",
  pageReached: "b",
  goneProjection: "b",
  goneKey: "t",
  rowProjection: "b",
  rowKey: "t",
  rowRow: "t",
  rId: "t",
  rType: "t",
  rActor: "t",
  rCode: "t",
  rSentence: "t",
  rFaults: "t",
  rData: "t",
} as const

type Shape = Readonly<Record<string, "b" | "i" | "t">>
type Columns<S extends Shape> = { readonly [Name in keyof S]: S[Name] extends "t" ? Texts : Numbers }

/** What the log gets of a batch, column by column. Places in it are counted from the transaction before its first. */
export type LogRows = Columns<typeof logShape>

/** What a batch leaves beside the log. */
export type SideRows = Columns<typeof sideShape>

/** Columns with nothing in them yet. */
export function emptyLogRows(): LogRows {
  return emptied(logShape)
}

/** The same for what lies beside the log. */
export function emptySideRows(): SideRows {
  return emptied(sideShape)
}

function emptied<S extends Shape>(shape: S): Columns<S> {
  // Each name of the shape gets its column.
  return Object.fromEntries(Object.keys(shape).map(name => [name, []])) as unknown as Columns<S>
}

/** What a batch is written with, besides its rows. */
export type Head = {
  readonly batch: string
  readonly lock: string
  readonly seenT: number
  readonly ms: number
  /** Whether its transactions must have exactly the places that were seen to be next. */
  readonly exact: boolean
  /** What this process says of itself where another one may be alone (`alone.ts`). */
  readonly me: number
  readonly waited: string
  /** What this process knows of the end of the log. */
  readonly known: KnownEnd | null
}

const logColumns = Object.entries(logShape)
const sideColumns = Object.entries(sideShape)

/** The commands that a batch moves to the archive, and those that it moves back. */
export type MovedRows = { readonly archived: readonly string[]; readonly restored: readonly string[] }

const logCount = 10 + logColumns.length
const sideCount = 2 + sideColumns.length
const logCall = call("write_log_4", logCount)
const sideCall = call("write_side_1", sideCount, logCount + 1)
const logText = `SELECT before_t, before_at, alone, newest_at, newest_hash FROM ${logCall}`
// The others only if the first one has written: else nothing of the batch may be there.
const answered = "l.before_t, l.before_at, l.alone, l.newest_at, l.newest_hash"
const bothText = `SELECT ${answered}, CASE WHEN l.alone IS NULL THEN ${sideCall} END FROM ${logCall} AS l`

/** The one statement that writes a batch. */
export function writing(
  head: Head,
  { log, side, moved }: { log: LogRows; side: SideRows | null; moved: MovedRows | null },
): [string, Value[]] {
  const { batch, lock, seenT, ms, exact, me, waited, known } = head
  const end = known === null ? [null, null, null] : [known.t, known.hash, byteas(known.hashes)]
  const values = [batch, lock, seenT, ms, exact, me, waited, ...end, ...logColumns.map(c => column(log, c))]
  if (moved !== null) return [movingText, [...values, texts(moved.archived), texts(moved.restored), ms]]
  if (side === null) return [logText, values]
  return [bothText, [...values, ms, limits.refusalsKeptMax, ...sideColumns.map(c => column(side, c))]]
}

// Who moves commands is written by itself, so that there is nothing beside the log.
const moveAt = logCount + 1
const movingText = `SELECT ${answered}, CASE WHEN l.alone IS NULL
  THEN @.move_commands_1($${moveAt}, $${moveAt + 1}, greatest(l.before_at, $${moveAt + 2})) END FROM ${logCall} AS l`

// By these the function counts transactions and commands.
const counting: readonly string[] = ["xActor", "cN"]

// At each place of a list that is not there is nothing, too: it need not be sent, read, or taken apart there.
function isBlank(values: readonly (number | string | null)[]): boolean {
  for (const value of values) if (value !== null) return false
  return true
}

function column(rows: LogRows | SideRows, [name, kind]: [string, "b" | "i" | "t"]): Value {
  // The shape says which columns hold numbers and which text.
  const values = (rows as Readonly<Record<string, Numbers | Texts>>)[name]!
  if (isBlank(values) && !counting.includes(name)) return null
  if (kind === "t") return texts(values as Texts)
  return kind === "b" ? bigints(values as Numbers) : integers(values as Numbers)
}

function call(name: string, count: number, from = 1): string {
  return `@.${name}(${Array.from({ length: count }, (_, i) => `$${i + from}`).join(", ")})`
}

/** What is hashed of a transaction after its t and its instant, which only the commit knows. */
export function hashedTail(write: TransactionWrite, texts: CommandTexts, dataTexts: readonly string[]): string {
  const { command, correlationId } = write.instance
  const { actor, schemaVersion } = write
  const head = { t: 0, at: "", commandId: command.id, commandType: command.type, actor, correlationId, schemaVersion }
  const events = write.events.map(({ id, type, rejection, typeVersion, stream, occurredAt }, n) => {
    return { id, type, rejection, typeVersion, stream, occurredAt, dataText: dataTexts[n]! }
  })
  const said = writtenCommandText(write, texts)
  return hashedText("", { schemas: "", head, command: said, events }).slice(headOf.length)
}

// How the text begins when nothing is before it: this much is put together anew where t is given.
const headOf = `\n[0,"",`
