import { readDecimal } from "../../schema/decimals.ts"

/** A decimal as a whole number and how many of its digits are behind the point. */
type Scaled = { readonly digits: bigint; readonly scale: number }

// Of what does not come out even, so many digits behind the point are kept.
const quotientScale = 20

/** A value as a decimal, exactly; undefined: it is none. */
export function scaled(value: unknown): Scaled | undefined {
  if (typeof value !== "string" && typeof value !== "number") return undefined
  const text = readDecimal(String(value))
  if (text === undefined) return undefined
  const point = text.indexOf(".")
  if (point < 0) return { digits: BigInt(text), scale: 0 }
  return { digits: BigInt(text.slice(0, point) + text.slice(point + 1)), scale: text.length - point - 1 }
}

/** A decimal as it is stored. */
export function decimalText({ digits, scale }: Scaled): string {
  const negative = digits < 0n
  const text = (negative ? -digits : digits).toString().padStart(scale + 1, "0")
  const whole = text.slice(0, text.length - scale)
  const fraction = text.slice(text.length - scale).replace(/0+$/, "")
  const plain = fraction === "" ? whole : `${whole}.${fraction}`
  return negative && plain !== "0" ? `-${plain}` : plain
}

/** Two decimals under one scale. */
function level(a: Scaled, b: Scaled): readonly [bigint, bigint, number] {
  const scale = Math.max(a.scale, b.scale)
  return [a.digits * 10n ** BigInt(scale - a.scale), b.digits * 10n ** BigInt(scale - b.scale), scale]
}

export function plus(a: Scaled, b: Scaled): Scaled {
  const [x, y, scale] = level(a, b)
  return { digits: x + y, scale }
}

export function minus(a: Scaled, b: Scaled): Scaled {
  return plus(a, { ...b, digits: -b.digits })
}

export function times(a: Scaled, b: Scaled): Scaled {
  return { digits: a.digits * b.digits, scale: a.scale + b.scale }
}

/** The quotient, cut off; undefined: nothing is divided by zero. */
export function over(a: Scaled, b: Scaled): Scaled | undefined {
  if (b.digits === 0n) return undefined
  const [x, y] = level(a, b)
  return { digits: (x * 10n ** BigInt(quotientScale)) / y, scale: quotientScale }
}

/** What is left of a division, with the sign of the divisor. */
export function modulo(a: Scaled, b: Scaled): Scaled | undefined {
  const [x, y, scale] = level(a, b)
  if (y === 0n) return undefined
  return { digits: ((x % y) + y) % y, scale }
}
