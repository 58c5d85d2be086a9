/** A name as it is written: no space around it, one space within, each part beginning with a capital. */
export function properName(name: string): string {
  return name
    .trim()
    .replace(/\s+/g, " ")
    .replace(/(?<=^|[ '-])\p{Ll}/gu, letter => letter.toUpperCase())
}
