import { Refusal, type RefusalCode } from "../kernel/refusal.ts"

/** The refusal of a query for one place in it. `path` is a JSON Pointer into what was sent. */
export function faulty(path: string, message: string, code: RefusalCode = "malformed"): Refusal {
  return new Refusal(code, `${path === "" ? "The query" : path} ${message}`, {}, [{ path, code, message }])
}
