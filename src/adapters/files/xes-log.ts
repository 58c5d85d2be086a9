import { Bag } from "./bag.ts"
import { bounds } from "./bounds.ts"
import type { Mapping } from "./columns.ts"
import { BadPlace } from "./log-error.ts"
import type { LogLine } from "./log-line.ts"
import { moment, required } from "./row.ts"
import { type Given, XesAttributes } from "./xes-attributes.ts"

type Inside = "file" | "log" | "trace" | "event"

/**
 * Makes lines of the tags of a log. Always in one of these places:
 *
 * file    Before the log. Only <log> leads on.
 * log     Between traces. A <trace> leads into one; all else, extensions and globals too, is read past, so that
 *         an attribute for which a global gives a default is still absent where it is absent.
 * trace   First the attributes of the case, then its events. An <event> leads into one.
 * event   The attributes of one event. Its end makes a line.
 */
export class XesLog {
  /** Counts the events, also the one that is being read. */
  number = 0
  readonly #file: string
  readonly #keys: Required<Mapping>
  readonly #onLine: (line: LogLine) => void
  readonly #attributes = new XesAttributes()
  readonly #tags: string[] = []
  #inside: Inside = "file"
  // How many of the open tags are within something that is read past.
  #past = 0
  #case = new Bag()
  #event = new Bag()
  #hasEvents = false

  constructor(file: string, mapping: Mapping, onLine: (line: LogLine) => void) {
    this.#file = file
    this.#keys = keysOf(mapping)
    this.#onLine = onLine
  }

  /** The innermost tag that is open, if one is. */
  get innermost(): string | null {
    return this.#tags.at(-1) ?? null
  }

  open(tag: string, given: Given): void {
    if (this.#tags.push(tag) > bounds.depthMax) throw new BadPlace(`tags are nested deeper than ${bounds.depthMax}`)
    if (this.#past > 0 || !this.#enter(tag, given)) this.#past++
  }

  close(tag: string): void {
    this.#tags.pop()
    if (this.#past > 0) this.#past--
    else if (!this.#attributes.leave()) this.#leave(tag)
  }

  // Whether what is within the tag matters.
  #enter(tag: string, given: Given): boolean {
    switch (this.#inside) {
      case "file":
        if (tag !== "log") throw new BadPlace(`it is XML, and begins with <${tag}> where XES begins with <log>`)
        this.#inside = "log"
        return true
      case "log":
        return this.#enterInLog(tag)
      case "trace":
        return this.#enterInTrace(tag, given)
      case "event":
        return this.#attributes.enter(tag, given, this.#event)
    }
  }

  #enterInLog(tag: string): boolean {
    if (tag === "event") throw new BadPlace("the event is in no trace, so that it has no case")
    if (tag !== "trace") return false
    this.#inside = "trace"
    this.#case = new Bag()
    this.#hasEvents = false
    return true
  }

  #enterInTrace(tag: string, given: Given): boolean {
    if (tag !== "event") {
      // The events before it are handed out already, without it.
      if (this.#hasEvents) throw new BadPlace(`<${tag}> comes after events of its trace, and XES has it before`)
      return this.#attributes.enter(tag, given, this.#case)
    }
    this.#inside = "event"
    this.#event = new Bag()
    this.#hasEvents = true
    this.number++
    return true
  }

  #leave(tag: string): void {
    if (tag === "event") this.#onLine(this.#line())
    this.#inside = tag === "event" ? "trace" : tag === "trace" ? "log" : "file"
  }

  #line(): LogLine {
    const keys = this.#keys
    return {
      place: { file: this.#file, line: this.number },
      caseId: required(this.#case, keys.case, "case"),
      activity: required(this.#event, keys.activity, "activity"),
      transition: this.#event.text(keys.transition),
      at: moment(this.#event, keys.at),
      resource: this.#event.text(keys.resource),
      caseAttributes: this.#case.values,
      attributes: this.#event.values,
      number: this.number,
    }
  }
}

function keysOf(mapping: Mapping): Required<Mapping> {
  return {
    case: mapping.case?.replace(/^case:/, "") ?? "concept:name",
    activity: mapping.activity ?? "concept:name",
    transition: mapping.transition ?? "lifecycle:transition",
    at: mapping.at ?? "time:timestamp",
    resource: mapping.resource ?? "org:resource",
  }
}
