/** When commands that have ended go to the archive: by the wall clock of a zone, those that ended before so long. */
export type ArchivePolicy = {
  /** Minute, hour, day of month, month and day of week: "30 3 * * *". */
  readonly every: string
  /** A zone of the IANA database. */
  readonly zone: string
  /** A length of time like "P90D". */
  readonly olderThan: string
}
