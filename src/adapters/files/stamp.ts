const stamp = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?)(?: ?(Z|UTC|[+-]\d{2}(?::?\d{2})?))?)?$/i

/**
 * A moment as ISO 8601 writes it, or null if the text is no moment.
 *
 * Digits and offset stay as they are written: nothing is rounded, and a local time stays a local time.
 */
export function isoStamp(text: string): string | null {
  const [, day, time, offset] = stamp.exec(text) ?? []
  if (day === undefined) return null
  const iso = time === undefined ? day : `${day}T${time.replace(",", ".")}${isoOffset(offset)}`
  return Number.isNaN(Date.parse(iso)) ? null : iso
}

function isoOffset(offset: string | undefined): string {
  if (offset === undefined) return ""
  if (/^[zu]/i.test(offset)) return "Z"
  const digits = offset.slice(1).replace(":", "").padEnd(4, "0")
  return `${offset[0]}${digits.slice(0, 2)}:${digits.slice(2)}`
}
