import { extname } from "node:path"
import { BadPlace } from "./log-error.ts"

/** The formats that are read. */
export type Format = "xes" | "csv" | "jsonl"

const extensions: Readonly<Record<string, Format>> = {
  ".xes": "xes",
  ".csv": "csv",
  ".tsv": "csv",
  ".jsonl": "jsonl",
  ".ndjson": "jsonl",
}

/** Tells the format from how the text begins; the name is asked only where the text could be anything. */
export function formatOf(head: string, path: string): Format {
  const text = head.trimStart()
  if (text === "") throw new BadPlace("the file is empty")
  if (text.startsWith("<")) return "xes"
  if (text.startsWith("{")) return "jsonl"

  const named = extensions[extname(path.replace(/\.gz$/i, "")).toLowerCase()]
  const isText = !/[\0-\x08\x0e-\x1f]/.test(head)
  if (isText && (named === "csv" || named === "jsonl")) return named
  if (isText && /[,;\t]/.test(firstRow(text)) && !text.startsWith("[")) return "csv"
  throw new BadPlace("the file is neither XES (which is XML), nor CSV, nor JSON Lines")
}

/** Tells what stands between the fields of a CSV file: the one of comma, semicolon and tab that its header has most of. */
export function delimiterOf(head: string): string {
  const names = firstRow(head.trimStart()).replaceAll(/"[^"]*"/g, "")
  const count = (mark: string) => names.split(mark).length
  return [";", "\t"].reduce((most, mark) => (count(mark) > count(most) ? mark : most), ",")
}

function firstRow(text: string): string {
  return /^[^\r\n]*/.exec(text)?.[0] ?? ""
}
