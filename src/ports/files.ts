import type { Maybe } from "../kernel/handler.ts"

/** A file as it is known everywhere: what an upload is answered with, and what an attribute of type `file` holds. */
export type UploadedFile = {
  readonly file: string
  readonly size: number
  /** In hexadecimal. */
  readonly sha256: string
  /** As whoever uploaded it calls it; nobody looks whether that is so. */
  readonly mediaType: string
}

/**
 * A file that is there, and how it got on.
 *
 * pending   It was uploaded. Unless it is kept, a sweep removes it.
 * kept      A transaction was about to hold it. Unless one ever did, a sweep removes it too.
 */
export type KnownFile = UploadedFile & { readonly state: "pending" | "kept" }

/** A file with its bytes. They are fetched as they are asked for; whoever stops asking is done. */
export type FileContent = { readonly about: UploadedFile; readonly bytes: AsyncIterable<Uint8Array> }

/**
 * Where the bytes of files are. A file never changes: other bytes are another file.
 *
 * What keeps a reference from pointing at nothing is the order of things: a file is kept before the transaction that
 * holds it is committed, and what was kept lately is never swept.
 */
export interface FileStore {
  /**
   * Takes in an upload, which is pending then.
   *
   * - The whole of it is never in memory at once. Size and SHA-256 are those of what came.
   * - Refuses with `too-large` as soon as there is more than the store takes.
   * - When it does not come to its end, whatever the reason, nothing of it is left.
   */
  take(bytes: AsyncIterable<Uint8Array>, mediaType: string): Promise<UploadedFile>

  /** What is known of the files with these ids, in the order asked; null where there is none. */
  find(ids: readonly string[]): Maybe<readonly (KnownFile | null)[]>

  /**
   * Keeps files. When this is done, they are there after a power cut, and no sweep removes them within its time.
   *
   * - Keeping what is kept begins that time anew, and is else nothing.
   * - Throws `unavailable` when one of them is not there or cannot be kept. Others of them may be kept then.
   */
  keep(ids: readonly string[]): Maybe<void>

  /** A file with its bytes, pending or kept; null if there is none. */
  read(id: string): Maybe<FileContent | null>

  /**
   * Removes what nobody needs: what has been pending for `olderThanMs`, and what was kept that long ago and is not
   * referenced. Resolves to how many files that were.
   */
  sweep(olderThanMs: number, isReferenced: (id: string) => Maybe<boolean>): Promise<number>
}
