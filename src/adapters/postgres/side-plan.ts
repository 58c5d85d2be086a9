import type { Document } from "../../kernel/entity.ts"
import type { DeliveryWrite, ParkedDelivery, ProjectionWrite, RefusalWrite } from "../../ports/write.ts"
import type { SideRows } from "./rows.ts"
import { withoutZeros } from "./zeros.ts"

type Place = Pick<ParkedDelivery, "consumer" | "t" | "n">

/** Gathers what a batch leaves beside the log. Of several writes about one row the last one holds. */
export function sidePlan(rows: SideRows) {
  const reached = new Map<string, number>()
  const deliveries = new Map<string, ParkedDelivery | Place>()
  const pages = new Map<number, { reached: number; rows: Map<string, Document | null> }>()

  function deliver(write: DeliveryWrite): void {
    const { consumer, parked, done } = write
    if (write.reached !== null) reached.set(consumer, write.reached)
    for (const delivery of parked) deliveries.set(placeText(delivery), delivery)
    for (const { t, n } of done) deliveries.set(placeText({ consumer, t, n }), { consumer, t, n })
  }

  /** Without a key, the version was dropped meanwhile: its page has nowhere to go. */
  function fold(write: ProjectionWrite, key: number | undefined): void {
    if (key === undefined) return
    const page = pages.get(key) ?? { reached: 0, rows: new Map<string, Document | null>() }
    page.reached = write.reached
    for (const [rowKey, row] of write.rows) page.rows.set(withoutZeros(rowKey), row)
    pages.set(key, page)
  }

  function refuse({ id, type, actor, code, sentence, faults, data }: RefusalWrite): void {
    rows.rId.push(id)
    rows.rType.push(withoutZeros(type))
    rows.rActor.push(actor)
    rows.rCode.push(code)
    rows.rSentence.push(withoutZeros(sentence))
    rows.rFaults.push(JSON.stringify(faults))
    rows.rData.push(JSON.stringify(data))
  }

  function finish(): SideRows {
    for (const [consumer, t] of inOrder(reached)) {
      rows.reachedConsumer.push(consumer)
      rows.reachedT.push(t)
    }
    for (const [, delivery] of inOrder(deliveries)) addDelivery(delivery, rows)
    for (const [key, page] of [...pages].toSorted((a, b) => a[0] - b[0])) {
      rows.pageProjection.push(key)
      rows.pageReached.push(page.reached)
      for (const [rowKey, row] of inOrder(page.rows)) addRow(key, rowKey, row, rows)
    }
    return rows
  }

  return { deliver, fold, refuse, finish }
}

function addDelivery(delivery: ParkedDelivery | Place, rows: SideRows): void {
  const { consumer, t, n } = delivery
  if (!("state" in delivery)) {
    rows.doneConsumer.push(consumer)
    rows.doneT.push(t)
    rows.doneN.push(n)
    return
  }
  rows.pConsumer.push(consumer)
  rows.pT.push(t)
  rows.pN.push(n)
  rows.pDue.push(delivery.due)
  rows.pEntity.push(delivery.entity)
  rows.pState.push(delivery.state)
  rows.pAttempts.push(JSON.stringify(delivery.attempts))
}

function addRow(projection: number, key: string, row: Document | null, rows: SideRows): void {
  if (row === null) {
    rows.goneProjection.push(projection)
    rows.goneKey.push(key)
    return
  }
  rows.rowProjection.push(projection)
  rows.rowKey.push(key)
  rows.rowRow.push(JSON.stringify(row))
}

// All who write about the same rows do so in the same order, so that none waits for another in a circle.
function inOrder<Value>(map: ReadonlyMap<string, Value>): [string, Value][] {
  return [...map].toSorted(([a], [b]) => (a < b ? -1 : 1))
}

function placeText({ consumer, t, n }: Place): string {
  return JSON.stringify([consumer, t, n])
}
