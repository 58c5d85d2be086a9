/**
 * A version of a projection as the store knows it: the version that the app gave it, and a generation, so that the same
 * version can be built again beside itself. Only this file knows how the two are one number.
 */
export type StoredVersion = number

const generations = 1_000

/** The first build of a version. */
export function firstBuild(version: number): StoredVersion {
  return version * generations
}

/** Another build of the version of this one. It goes round: of so many builds only two are there at a time. */
export function nextBuild(stored: StoredVersion): StoredVersion {
  const generation = (stored % generations) + 1
  return firstBuild(versionOf(stored)) + (generation % generations)
}

/** The version that the app knows. */
export function versionOf(stored: StoredVersion): number {
  return Math.floor(stored / generations)
}
