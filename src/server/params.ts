import type { FastifyRequest } from "fastify"
import type { Daybook } from "../daybook.ts"
import { isId } from "../kernel/ids.ts"
import { limits } from "../kernel/limits.ts"
import type { T } from "../kernel/message.ts"
import { Refusal } from "../kernel/refusal.ts"
import { momentOf } from "../protocol/moment.ts"
import { bounds } from "./bounds.ts"

/** The part of the path that a route calls `name`. */
export function pathPart(request: FastifyRequest, name: string): string {
  return (request.params as Readonly<Record<string, string>>)[name] ?? ""
}

/** How an id stands in a path. What a browser takes for a step up is told from it by an escape, which no id has. */
export function idInPath(id: string): string {
  return /^\.{1,2}$/.test(id) ? `%1B${id}` : encodeURIComponent(id)
}

/** The id in the path, with or without an escape before it. */
export function pathId(request: FastifyRequest, name = "id"): string {
  const id = pathPart(request, name).replace(/^\u001b/, "")
  if (isId(id)) return id
  if (id === "") throw new Refusal("not-found", "There is nothing without an id")
  throw badParam(name, "is not an id: 1 to 200 characters without control characters")
}

/** Refuses whatever parameters there are. */
export function refuseParams(request: FastifyRequest): void {
  const [name] = Object.keys(request.query as object)
  if (name !== undefined) throw badParam(name, "is no parameter of this call, which has none")
}

/** The parameters of a URL, each as it was written; one that the call does not know is refused. */
export class Params {
  readonly #values: Readonly<Record<string, string | string[]>>

  constructor(request: FastifyRequest, known: readonly string[]) {
    this.#values = request.query as Readonly<Record<string, string | string[]>>
    for (const name in this.#values) {
      if (!known.includes(name)) throw badParam(name, `is no parameter of this call; known are ${known.join(", ")}`)
    }
  }

  text(name: string): string | undefined {
    const value = this.#values[name]
    if (Array.isArray(value)) throw badParam(name, "is said more than once")
    return value === "" ? undefined : value
  }

  id(name: string): string | undefined {
    const value = this.text(name)
    if (value !== undefined && !isId(value)) throw badParam(name, "is not an id")
    return value
  }

  oneOf<Value extends string>(name: string, values: readonly Value[]): Value | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const found = values.find(v => v === value)
    if (found === undefined) throw badParam(name, `is none of ${values.join(", ")}`)
    return found
  }

  whole(name: string, least: number): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const number = /^\d{1,15}$/.test(value) ? Number(value) : -1
    if (number < least) throw badParam(name, `is not a whole number from ${least} on`)
    return number
  }

  /** How many are asked for. More than `most` is answered with `most`: an answer says whether there is more. */
  limit(usual: number = bounds.pageItemsUsual, most: number = limits.pageItemsMax): number {
    return Math.min(this.whole("limit", 1) ?? usual, most)
  }

  /** Several, separated by commas, or said several times: said so, each may hold commas itself. */
  several(name: string): readonly string[] | undefined {
    const value = this.#values[name]
    if (value === undefined || value === "") return undefined
    const items = Array.isArray(value) ? value : value.split(",").map(item => item.trim())
    if (items.length > bounds.listedMax) throw badParam(name, `lists more than ${bounds.listedMax}`)
    if (items.includes("")) throw badParam(name, "lists an empty one")
    return items
  }

  /** A t, or the t that an instant stands for. */
  async t(name: string, daybook: Daybook): Promise<T | undefined> {
    const value = this.text(name)
    if (value === undefined) return undefined
    const moment = momentOf(value)
    if (moment === null) throw badParam(name, "is neither a t nor an ISO 8601 instant with an offset or Z")
    return typeof moment === "number" ? moment : daybook.tAt(moment)
  }
}

/** The refusal of one parameter. */
export function badParam(name: string, message: string): Refusal {
  return new Refusal("malformed", `${name} ${message}`, {}, [{ path: `/${name}`, code: "parameter", message }])
}
