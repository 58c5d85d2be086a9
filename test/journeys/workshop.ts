import { existsSync } from "node:fs"
import { setTimeout } from "node:timers/promises"
import { daybook, defineSchema, partsOf } from "../../src/index.ts"

const open = {
  assign: [{ group: "everybody", when: true }],
  permissions: { read: "everybody", write: "everybody" },
} as const

const glazed = {
  type: "object",
  properties: { glaze: { type: "string", minLength: 1 }, grams: { type: "integer", minimum: 1 } },
  required: ["glaze", "grams"],
  additionalProperties: false,
} as const
const fired = { type: "object", properties: { ms: { type: "integer" } }, required: ["ms"] } as const
const why = { type: "object", properties: { grams: { type: "integer" } } } as const
const none = { type: "object", properties: {}, additionalProperties: false } as const
const secret = { type: "object", properties: { name: { type: "string" }, pin: { type: "string" } } } as const

/** A pottery: pieces are placed, glazed and fired. What goes wrong in it, goes wrong on purpose. */
const schema = defineSchema({
  daybook: 1,
  name: "workshop",
  version: 4,
  groups: { everybody: {} },
  entities: {
    Piece: { attributes: { glaze: { type: "string", index: true }, grams: { type: "integer" } }, ...open },
    Kiln: { attributes: { label: { type: "string" } }, ...open },
  },
  commands: {
    PlacePiece: { target: "Piece", data: glazed, doc: "Puts a piece on the shelf" },
    Reglaze: { target: "Piece", data: glazed },
    Fire: { target: "Kiln", data: fired },
    Lock: { target: "Piece", data: secret, sensitive: ["/pin"] },
    Stumble: { target: "Piece", data: none },
    Faint: { target: "Piece", data: none },
  },
  events: {
    PiecePlaced: { stream: "Piece", data: none },
    PieceGlazed: { stream: "Piece", version: 2, data: glazed },
    KilnFired: { stream: "Kiln", data: fired },
    PieceLocked: { stream: "Piece", data: none },
    PieceTooHeavy: { stream: "Piece", data: why, rejection: true },
    PieceUnknown: { stream: "Piece", data: none, rejection: true },
  },
})

const { aggregate, event, handler, processor, projection, reject, upcaster } = partsOf(schema)
const heaviest = 5_000

const piece = aggregate("Piece", {
  decide: {
    PlacePiece: (data, _piece, { exists }) => {
      if (data.grams > heaviest) return reject("PieceTooHeavy", { grams: data.grams })
      return exists ? event("PieceGlazed", data) : [event("PiecePlaced", {}), event("PieceGlazed", data)]
    },
    Reglaze: (data, _piece, { exists }) => (exists ? event("PieceGlazed", data) : reject("PieceUnknown", {})),
    Lock: () => event("PieceLocked", {}),
    Stumble: () => {
      throw new Error("There is a bug in the workshop")
    },
    Faint: () => [],
  },
  evolve: {
    PiecePlaced: piece => piece,
    PieceGlazed: (piece, { glaze, grams }) => ({ ...piece, glaze, grams }),
    PieceLocked: piece => piece,
  },
})

const fire = handler("Fire", async ({ command, data, uow }) => {
  await setTimeout(data.ms)
  await uow.record(command.target!, event("KilnFired", { ms: data.ms }))
  return { waited: data.ms }
})

/** Tells the outside; while the file that `WORKSHOP_BROKEN` names is there, it cannot. */
const tell = processor("tell", {
  on: "KilnFired",
  attemptsMax: 2,
  effect: ({ event }) => {
    if (existsSync(process.env["WORKSHOP_BROKEN"] ?? "")) throw new Error(`Nobody answers about ${event.stream.id}`)
  },
})

type Row = { readonly pieces: readonly string[] }

const byGlaze = projection<Row>("by-glaze", {
  version: 1,
  on: {
    PieceGlazed: {
      keys: ({ data }) => data.glaze,
      fold: (row, { stream }) => ({ pieces: [...new Set([...(row?.pieces ?? []), stream.id])] }),
    },
  },
})

export default daybook({
  schema,
  aggregates: [piece],
  handlers: [fire],
  processors: [tell],
  projections: [byGlaze],
  upcasters: [upcaster("PieceGlazed", 1, data => ({ grams: 1, ...data }))],
})
