import { hash } from "node:crypto"

// Beyond this an index cannot hold it: its hash says as well whether two are the same.
const charsMax = 300

/** A looked-up value as its row has it: JSON, so that the number 1, the text "1" and true are three values. */
export function valueText(value: string | number | boolean): string {
  const text = JSON.stringify(value)
  return text.length <= charsMax ? text : `sha256:${hash("sha256", text)}`
}

/** One text for one value of one attribute. */
export function claimOf(attribute: number, value: string): string {
  return `${attribute} ${value}`
}
