import type { DataOf, RecordedOf } from "daybook"
import { command, processor } from "./parts.ts"
import type { schema } from "./schema.ts"

/** How far somebody has come. */
export type Stage = DataOf<typeof schema, "MoveOn">["to"]

/** All stages there are. */
export const stages: readonly Stage[] = ["lead", "visitor", "member", "client", "supplier", "shipper"]

/** The only ways from one stage to another, each with the event that leads along it. */
export const ways = [
  { from: "lead", to: "visitor", by: "PageViewed" },
  { from: "visitor", to: "member", by: "MembershipApproved" },
  { from: "member", to: "client", by: "OrderPlaced" },
  { from: "lead", to: "supplier", by: "GoodsOffered" },
  { from: "lead", to: "shipper", by: "CarriageOffered" },
] as const satisfies readonly {
  readonly from: Stage
  readonly to: Stage
  readonly by: RecordedOf<typeof schema>["type"]
}[]

/** Whether there is a way. */
export function leadsTo(from: Stage, to: Stage): boolean {
  return ways.some(way => way.from === from && way.to === to)
}

/** Moves somebody on when something happens that leads on from where they are, and says what that was. */
export const moveOn = processor("move-on", {
  on: ways.map(({ by }) => by),
  pure({ event: { id, type, stream }, entity }) {
    const way = ways.find(({ from, by }) => by === type && from === entity?.stage)
    return way === undefined ? null : command("MoveOn", stream.id, { to: way.to, because: { event: type, id } })
  },
})
