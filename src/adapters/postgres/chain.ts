import { hash } from "node:crypto"
import { instant } from "../../kernel/clock.ts"
import type { Tip } from "./tip.ts"

/** What of a batch its hashes are made of. */
export type Link = {
  /** What is hashed of each transaction after its t and its instant; null: only the database can know when they are. */
  readonly tails: readonly string[] | null
  readonly ms: number
}

/** What a batch says of the end of the log, and the hashes of its transactions if that is so. */
export type KnownEnd = Pick<Tip, "t" | "hash"> & { readonly hashes: readonly Buffer[] }

/**
 * The end of the log as it will be when the database comes to a batch, as far as this process can tell: while nobody else
 * writes. It makes the hashes then, which here takes half the time, and none of that during which the log is locked. The
 * commit compares: what is not so does no harm.
 */
export type Chain = {
  /** A batch is sent. Null: nothing is known of where it will be. */
  send(link: Link): KnownEnd | null
  /** What has come of a batch: where the log began for it, and where it ends. Null: it is not there. */
  land(link: Link, came: { readonly before: number; readonly tip: Tip } | null): void
  /** Whether nobody else was seen to write for a while. */
  isUndisturbed(): boolean
}

// So many batches one after the other, with nothing of others in between, are a while.
const whileMin = 16

/** Knows nothing yet. */
export function chainOf(): Chain {
  let tip: Tip | null = null
  // How many batches, one after the other, were where they were thought to be. While others write as well, it is in vain.
  let undisturbed = 0
  const underWay: { readonly link: Link; end: Tip | null }[] = []

  function send(link: Link): KnownEnd | null {
    const base = undisturbed > 0 ? lastEnd() : null
    const made = base === null ? null : follow(base, link)
    underWay.push({ link, end: made?.end ?? null })
    // A batch that adds nothing to the log has nothing to say of it.
    if (base === null || made === null || made.hashes.length === 0) return null
    return { t: base.t, hash: base.hash, hashes: made.hashes }
  }

  function lastEnd(): Tip | null {
    let end = tip
    for (const sent of underWay) {
      if (end === null) return null
      sent.end ??= follow(end, sent.link)?.end ?? null
      end = sent.end
    }
    return end
  }

  return {
    send,
    land(link, came) {
      underWay.splice(
        underWay.findIndex(sent => sent.link === link),
        1,
      )
      undisturbed = came !== null && (tip === null || came.before === tip.t) ? undisturbed + 1 : 0
      if (came !== null) tip = came.tip
      if (undisturbed === 0) for (const sent of underWay) sent.end = null
    },
    isUndisturbed: () => undisturbed >= whileMin,
  }
}

function follow(before: Tip, { tails, ms }: Link): { end: Tip; hashes: Buffer[] } | null {
  if (tails === null) return null
  // No transaction, no later instant.
  if (tails.length === 0) return { end: before, hashes: [] }
  const at = Math.max(before.at, ms)
  const head = `,"${instant(at)}",`
  const hashes: Buffer[] = []
  let hex = before.hash
  tails.forEach((tail, i) => {
    const made = hash("sha256", `${hex}\n[${before.t + i + 1}${head}${tail}`, "buffer")
    hex = made.toString("hex")
    hashes.push(made)
  })
  return { end: { t: before.t + tails.length, at, hash: hex }, hashes }
}
