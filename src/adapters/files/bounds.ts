/** Every bound of reading a log. They are what keeps the memory constant, whatever the file holds. */
export const bounds = {
  // The more lines are alive whenever the engine clears away its garbage, the more room it takes for garbage:
  // with batches twice as long the same log is read no faster, in 135 MB instead of 110.
  linesPerBatchMax: 256,

  // Enough for a header row or an XML declaration, and little enough that a zip bomb stays small.
  headBytesMax: 8_192,
  chunkBytesMax: 65_536,
  // Deflate makes at most 1,032 bytes of one: a chunk of this size unzips to 4 MB at the very worst.
  zippedChunkBytesMax: 4_096,

  valueCharsMax: 1_048_576,
  rowBytesMax: 8_388_608,
  attributesPerLineMax: 10_000,
  depthMax: 64,
  wordsKeptMax: 4_096,
  wordCharsMax: 64,
} as const

/** How a value beyond the bound is called. */
export const tooLong = `longer than ${bounds.valueCharsMax} characters`
