import type { Daybook } from "../daybook.ts"
import type { JsonObject } from "../kernel/json.ts"
import type { T } from "../kernel/message.ts"
import { eventJson } from "../protocol/event.ts"
import { bounds } from "./bounds.ts"

type Page = Awaited<ReturnType<Daybook["events"]>>

// What is asked for by its number may be as large as each of them: an answer is a text, and all of it is in memory.

/** The texts of the first of these things, until an answer is full. */
export function fitting(items: readonly JsonObject[], most: number = bounds.answerCharsMax): readonly string[] {
  const texts: string[] = []
  let chars = 0
  for (const item of items) {
    if (chars > most) break
    const text = JSON.stringify(item)
    chars += text.length
    texts.push(text)
  }
  return texts
}

/** The texts of the first events of a page, until an answer is full: whole transactions, because it goes on after a t. */
export function fittingPage(page: Page): { texts: readonly string[]; next: T; isEnd: boolean } {
  const texts: string[] = []
  let [chars, t] = [0, 0]
  for (const { event } of page.events) {
    if (event.t > t && chars > bounds.answerCharsMax) return { texts, next: event.t - 1, isEnd: false }
    t = event.t
    const text = JSON.stringify(eventJson(event))
    chars += text.length
    texts.push(text)
  }
  return { texts, next: page.reached, isEnd: page.isEnd }
}
