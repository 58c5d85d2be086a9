import { fullFormats } from "ajv-formats/dist/formats.js"

/** Whether a text has a format. */
export type FormatCheck = (text: string) => boolean

/**
 * The formats that a string attribute may ask for, by their names. They are the functions that Ajv uses, so that a
 * document and its JSON Schema never disagree. Those for numbers, and those that check nothing, are left out.
 */
export const formats: ReadonlyMap<string, FormatCheck> = new Map(
  Object.entries<unknown>(fullFormats).flatMap(([name, format]) => {
    const check = checkOf(format)
    return check === null ? [] : [[name, check] as const]
  }),
)

function checkOf(format: unknown): FormatCheck | null {
  if (format instanceof RegExp) return text => format.test(text)
  if (typeof format === "function") return text => Boolean(format(text))
  if (typeof format !== "object" || format === null || "type" in format) return null
  return "validate" in format ? checkOf(format.validate) : null
}
