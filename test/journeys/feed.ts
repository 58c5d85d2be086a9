/** One message of a feed of server-sent events. */
export type Told = { readonly id: string; readonly event: string; readonly data: string }

/** A feed as a browser reads it: told apart by empty lines, whatever the pieces it comes in. */
export class Feed {
  readonly told: Told[] = []
  readonly status: number
  readonly headers: Headers
  readonly #abort: AbortController
  #waiting: (() => void)[] = []
  ended: Promise<void>

  private constructor(response: Response, abort: AbortController) {
    this.status = response.status
    this.headers = response.headers
    this.#abort = abort
    this.ended = this.#read(response)
  }

  static async open(url: string, headers: Record<string, string> = {}): Promise<Feed> {
    const abort = new AbortController()
    const response = await fetch(url, { headers: { accept: "text/event-stream", ...headers }, signal: abort.signal })
    return new Feed(response, abort)
  }

  /** Resolves once so many messages were told. */
  async until(count: number): Promise<void> {
    while (this.told.length < count) {
      const more = Promise.withResolvers<void>()
      this.#waiting.push(more.resolve)
      await more.promise
    }
  }

  async close(): Promise<void> {
    this.#abort.abort()
    await this.ended
  }

  async #read(response: Response): Promise<void> {
    let rest = ""
    try {
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        const blocks = (rest + chunk).split("\n\n")
        rest = blocks.pop()!
        this.told.push(...blocks.map(parse).filter(told => told !== null))
        for (const tell of this.#waiting.splice(0)) tell()
      }
    } catch {
      // It was closed by us, or broken off by the other side: what was told is what counts.
    }
  }
}

function parse(block: string): Told | null {
  const fields = new Map<string, string>()
  for (const line of block.split("\n")) {
    const [, name = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? []
    if (name !== "") fields.set(name, fields.has(name) ? `${fields.get(name)}\n${value}` : value)
  }
  const data = fields.get("data")
  return data === undefined ? null : { id: fields.get("id") ?? "", event: fields.get("event") ?? "message", data }
}
