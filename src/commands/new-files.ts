import { sameJson, type Json } from "../kernel/json.ts"
import type { Fault } from "../kernel/refusal.ts"
import type { UploadedFile } from "../ports/files.ts"
import { at } from "../schema/faults.ts"
import type { EntityType } from "../schema/types.ts"
import type { Touched } from "./touched.ts"
import { valuesOf } from "./values.ts"
import type { Deciding } from "./deciding.ts"
import type { Sight } from "./sight.ts"

/** A file that an entity holds and did not hold before, and where that is said. */
export type NewFile = { readonly value: UploadedFile; readonly path: string }

/** Notes the files that a document newly holds. What is no file at all, its validation has said. */
export function noteNewFiles(noted: NewFile[], type: EntityType, { before, document, placeOf }: Touched): void {
  for (const { name } of type.files) {
    const [was, is] = [valuesOf(before.document?.[name]), document?.[name]]
    for (const [i, value] of valuesOf(is).entries()) {
      if (was.some(one => sameJson(one, value)) || !isFile(value)) continue
      const path = Array.isArray(is) ? at(at("", name), i) : at("", name)
      noted.push({ value, path: placeOf === undefined ? path : placeOf(path) })
    }
  }
}

/** Checks that each of the files was uploaded, as it is said to be. */
export function* checkNewFiles(files: readonly NewFile[], sight: Sight, faults: Fault[]): Deciding<void> {
  yield { files: files.map(({ value }) => value.file) }
  for (const { value, path } of files) {
    const known = sight.file(value.file)
    if (known === null) faults.push(unknownFile(value.file, path))
    else if (known.sha256 !== value.sha256 || known.size !== value.size) {
      faults.push({ path, code: "file", message: `says another size or sha256 than the file ${value.file} has` })
    }
  }
}

/** That a file was never uploaded, or so long ago that it was swept. */
export function unknownFile(file: string, path: string): Fault {
  return { path, code: "file", message: `names the file ${file}, which was not uploaded, or is there no more` }
}

function isFile(value: Json): value is UploadedFile {
  return typeof (value as UploadedFile | null)?.sha256 === "string" && typeof (value as UploadedFile).file === "string"
}
