import type { Fault } from "../kernel/refusal.ts"
import { at } from "./faults.ts"
import type { Schema } from "./grammar.ts"

// Past forms that do not end in -ed, of verbs that business software is made of.
const irregular = new Set(
  `became become began begun bent bet bid bought bound bred broke broken brought built burnt burst came cast caught chose
  chosen cost cut dealt did done drawn drew driven drove eaten fallen fed fell felt flown forbidden forgiven forgot
  forgotten forgone fought found froze frozen gave given gone got gotten grew grown had heard held hid hidden hit hung
  hurt kept knew known laid lain led left lent let lit lost made meant met mistaken mown outdone overdue overridden
  overrode overtaken overwritten paid partaken proven put quit ran read rebuilt redone repaid resent reset resold
  rewritten ridden risen rose rung said sat saw seen sent set sewn shaken shed shot shown shrunk shut slept slid sold
  sought sown spent split spoken spread spun stolen stood stricken struck stuck sung sunk swept sworn taken taught thought
  thrown told took torn undergone understood undone unsent upheld went withdrawn withdrew withheld withstood woken won
  worn wound wove woven written wrote`.split(/\s+/),
)

// Verbs that end like a past form, in the imperative.
const imperativeInEd = new Set(
  "bleed breed embed exceed feed heed need proceed seed shed shred speed succeed supersede weed".split(" "),
)
const imperativeInIng = new Set(
  "bring cling fling ping ring sing sling spring sting string swing wing wring".split(" "),
)

/**
 * Advice, not faults: an event says what happened, so its name has a past participle; a command says what to do, so its
 * name begins with a verb in the imperative. A rejection may be called what it is: `TitleTaken`, `UnknownPeriod`.
 */
export function namingAdvice(schema: Schema): readonly Fault[] {
  const commands = Object.keys(schema.commands ?? {}).flatMap(commandAdvice)
  const events = Object.entries(schema.events ?? {}).flatMap(([name, { rejection }]) =>
    rejection ? [] : eventAdvice(name),
  )
  return [...commands, ...events]
}

function commandAdvice(name: string): readonly Fault[] {
  const [first = ""] = words(name)
  const past = (/.ed$/.test(first) || sureIrregular(first)) && !imperativeInEd.has(first)
  const going = /.ing$/.test(first) && !imperativeInIng.has(first)
  const noun = /(?:.tion|.ness|.ity)$/.test(first) && !imperativeNouns.has(first)
  if (!past && !going && !noun) return []
  const message = `A command says what to do, in the imperative, such as ChangeStudentName: "${first}" in ${name} is not`
  return [{ path: at("/commands", name), code: "imperative", message }]
}

function eventAdvice(name: string): readonly Fault[] {
  if (words(name).some(word => (/.ed$/.test(word) && !imperativeInEd.has(word)) || irregular.has(word))) return []
  const message = `An event says what happened, with a past participle, such as StudentNameChanged: ${name} has none`
  return [{ path: at("/events", name), code: "past-tense", message }]
}

const imperativeNouns = new Set([
  "mention",
  "question",
  "position",
  "section",
  "auction",
  "function",
  "caution",
  "condition",
  "commission",
  "witness",
  "harness",
])

// Of many verbs the past form is the imperative as well: Set, Put, Cut, Read. These are no reason for advice.
const unchanged = new Set(
  "become bet bid burst cast cost cut hit hurt let put quit read reset set shed shut split spread lay bound found wound saw left felt lit rose".split(
    " ",
  ),
)

function sureIrregular(word: string): boolean {
  return irregular.has(word) && !unchanged.has(word)
}

function words(name: string): readonly string[] {
  return (name.match(/\p{Lu}+(?!\p{Ll})|\p{Lu}?\p{Ll}+|\p{N}+/gu) ?? []).map(word => word.toLowerCase())
}
