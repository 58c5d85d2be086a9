import type { DataOf, StateOf } from "daybook"
import type { schema } from "./schema.ts"

/** What a letter is about. */
export type Letter = DataOf<typeof schema, "SendEmail">
type Person = StateOf<typeof schema, "Person">

/** What is written to somebody: out of what we know of them, and of what they have done. */
export function written({ letter, about, amount = 1 }: Letter, person: Person): { subject: string; text: string } {
  const { subject, lines } = said(letter, about, amount, person)
  const first = person.name.split(" ")[0] ?? person.name
  return { subject, text: [`Dear ${first},`, ...lines, "Yours, the harbour store"].join("\n\n") }
}

function said(letter: Letter["letter"], about: string, amount: number, { looked, ordered }: Person) {
  switch (letter) {
    case "special":
      return { subject: about, lines: [`${sinceThey(looked)} thought of you: ${about}.`] }
    case "unfinished":
      return {
        subject: "Here is that quote you started",
        lines: [`Your quote for ${about} waits for you: how many do you need?`],
      }
    case "patience":
      return {
        subject: "Your membership is pending",
        lines: [`We still look at your application for ${about}. Thank you for waiting.`],
      }
    case "approved":
      return { subject: "You have been approved", lines: [`Welcome to ${about}. From now on you can order from us.`] }
    case "declined":
      return { subject: "About your membership", lines: [`We cannot offer you ${about} at this time.`] }
    case "ordered": {
      const before = ordered.filter(one => one !== about)
      const again = before.length === 0 ? "This is your first order. " : `After ${listed(before)}, `
      return { subject: `Your order: ${about}`, lines: [`${again}${amount} of ${about} will be with you soon.`] }
    }
  }
}

function sinceThey(looked: readonly string[]): string {
  return looked.length === 0 ? "We" : `Since you looked at ${listed(looked.slice(-3))}, we`
}

function listed(names: readonly string[]): string {
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`
}
