/** How a decimal is stored: no plus, no needless zeros, no exponent. Equal numbers are equal strings. */
export const decimalPattern = "^(?!-0$)-?(?:0|[1-9]\\d*)(?:\\.\\d*[1-9])?$"

const stored = new RegExp(decimalPattern, "u")
const written = /^([+-]?)(\d+(?:\.\d*)?|\.\d+)(?:[eE]([+-]?\d{1,3}))?$/

/** Whether a string is a decimal as it is stored. */
export function isDecimal(text: string): boolean {
  return stored.test(text)
}

/** A decimal, however it is written, as it is stored; undefined: it is none. */
export function readDecimal(text: string): string | undefined {
  const match = written.exec(text)
  if (match === null) return undefined
  const [, sign, digits = "", exponent = "0"] = match
  const [whole = "", fraction = ""] = digits.split(".")
  const point = whole.length + Number(exponent)
  const all = (whole + fraction).padEnd(point, "0")
  const padded = point < 0 ? "0".repeat(-point) + all : all
  const place = Math.max(point, 0)
  const left = padded.slice(0, place).replace(/^0+(?=\d)/, "") || "0"
  const right = padded.slice(place).replace(/0+$/, "")
  const text2 = right === "" ? left : `${left}.${right}`
  return sign === "-" && text2 !== "0" ? `-${text2}` : text2
}

/** Which of two decimals is the greater, exactly: below zero the second, above zero the first. */
export function compareDecimals(a: string, b: string): number {
  const [negative, other] = [a.startsWith("-"), b.startsWith("-")]
  if (negative !== other) return negative ? -1 : 1
  return negative ? compareMagnitudes(b.slice(1), a.slice(1)) : compareMagnitudes(a, b)
}

function compareMagnitudes(a: string, b: string): number {
  const [wholeA = "", fractionA = ""] = a.split(".")
  const [wholeB = "", fractionB = ""] = b.split(".")
  if (wholeA.length !== wholeB.length) return wholeA.length - wholeB.length
  if (wholeA !== wholeB) return wholeA < wholeB ? -1 : 1
  if (fractionA === fractionB) return 0
  return fractionA < fractionB ? -1 : 1
}
