import { match, rejects } from "node:assert/strict"
import { describe, test } from "vitest"
import { chunks, equal, fileCase, refusedWith, type FileCase, type OpenFiles } from "./file-case.ts"

const no = () => false
const yes = () => true

/** Every promise of `ports/files.ts`, as a list to run: nothing of a test runner is in it. */
export const fileCases: readonly FileCase[] = [
  fileCase("an upload is pending under an id of its own, with the size and the SHA-256 of what came", async stage => {
    const { file, ...about } = await stage.take("a", "bc")
    match(file, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    const sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    equal(about, { size: 3, sha256, mediaType: "text/plain" })
    equal(await stage.files.find([file]), [{ file, ...about, state: "pending" }])
    equal((await stage.files.read(file))?.about, { file, ...about })
  }),

  fileCase("what is read is what came, as often as it is read, also when it is nothing", async stage => {
    const [some, none] = [await stage.take("sm\u00f8r", "br\u00f8d"), await stage.take()]
    equal([await stage.textOf(some.file), await stage.textOf(some.file)], ["sm\u00f8rbr\u00f8d", "sm\u00f8rbr\u00f8d"])
    equal([none.size, await stage.textOf(none.file)], [0, ""])
  }),

  fileCase("uploads at the same time, of the same bytes, are files of their own", async stage => {
    const [one, two] = await Promise.all([stage.take("same", "same"), stage.take("samesame")])
    equal([one.sha256 === two.sha256, one.file === two.file], [true, false])
    await stage.files.keep([two.file])
    equal(await stage.states(one, two), ["pending", "kept"])
  }),

  fileCase("an upload that is broken off leaves nothing", async stage => {
    const broken = stage.files.take(chunks("half", new Error("gone")), "text/plain")
    await rejects(broken, /gone/)
    equal(await stage.files.sweep(0, no), 0)
  }),

  fileCase("as much as the store takes is taken, and of more nothing is left", async stage => {
    const half = "x".repeat(stage.bytesMax / 2)
    const whole = await stage.take(half, half)
    equal(whole.size, stage.bytesMax)
    await refusedWith("too-large", () => stage.take(half, half, "y", half))
    equal(await stage.files.sweep(0, no), 1)
  }),

  fileCase("what is kept is kept, once or again, one or several", async stage => {
    const [a, b, c] = [await stage.take("a"), await stage.take("b"), await stage.take("c")]
    await stage.files.keep([a.file])
    await stage.files.keep([a.file, b.file, b.file])
    await stage.files.keep([])
    equal(await stage.states(a, b, c), ["kept", "kept", "pending"])
    equal(await stage.textOf(b.file), "b")
  }),

  fileCase("what is not there cannot be kept, and its id leads nowhere", async stage => {
    const { file } = await stage.take("a")
    await stage.files.keep([file])
    for (const id of ["", ".", "..", `../kept/${file}`, `${file}/`, "no", file.replace(/.$/, "g"), "a\u0000b"]) {
      equal(
        [await stage.files.find([id, file])].flat().map(found => found?.file ?? null),
        [null, file],
      )
      equal(await stage.files.read(id), null)
      await refusedWith("unavailable", () => stage.files.keep([id]))
    }
  }),

  fileCase("a sweep removes what has been pending for so long, and nothing younger", async stage => {
    const old = await stage.take("old")
    await stage.clock.advance(1_000)
    const young = await stage.take("young")
    equal(await stage.files.sweep(1_000, yes), 1)
    equal(await stage.states(old, young), [null, "pending"])
    equal([await stage.textOf(old.file), await stage.textOf(young.file)], [null, "young"])
    await refusedWith("unavailable", () => stage.files.keep([old.file]))
  }),

  fileCase(
    "a sweep removes what was kept long ago and is not referenced, and nothing else that was kept",
    async stage => {
      const [held, loose] = [await stage.take("held"), await stage.take("loose")]
      await stage.clock.advance(5_000)
      await stage.files.keep([held.file, loose.file])
      await stage.clock.advance(999)
      equal(await stage.files.sweep(1_000, no), 0)
      await stage.clock.advance(1)
      equal(await stage.files.sweep(1_000, async id => id === held.file), 1)
      equal(await stage.states(held, loose), ["kept", null])
    },
  ),

  fileCase("what is kept again is safe anew, even while a sweep asks whether it is referenced", async stage => {
    const { file } = await stage.take("a")
    await stage.files.keep([file])
    await stage.clock.advance(1_000)
    const asked = async (id: string) => {
      await stage.files.keep([id])
      return false
    }
    equal(await stage.files.sweep(1_000, asked), 0)
    await stage.clock.advance(999)
    equal(await stage.files.sweep(1_000, no), 0)
    equal(await stage.textOf(file), "a")
  }),

  fileCase("everything is there after the store was opened again", async stage => {
    const [a, b] = [await stage.take("a"), await stage.take("b")]
    await stage.files.keep([b.file])
    await stage.reopen()
    equal(await stage.states(a, b), ["pending", "kept"])
    equal([await stage.textOf(a.file), await stage.textOf(b.file)], ["a", "b"])
    await stage.clock.advance(1_000)
    equal(await stage.files.sweep(1_000, yes), 1)
  }),
]

/** The second half of the port: registers every case as a test of this adapter. */
export function fileContract(name: string, open: OpenFiles): void {
  describe(`${name} keeps the promises of a file store:`, () => {
    // A case brings its sentence, and throws by itself when it is not so.
    // oxlint-disable-next-line vitest/expect-expect, vitest/valid-title
    for (const { name: promise, run } of fileCases) test(`${promise} [L80 HA6]`, () => run(open))
  })
}
