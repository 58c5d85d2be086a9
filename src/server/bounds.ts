/** The bounds that only this room knows. Those of the system are in `kernel/limits.ts`. */
export const bounds = {
  // A request's line and headers together, and how long it may take to send them, and then its body, or a whole file.
  headerBytesMax: 16_384,
  headersMax: 100,
  requestMsMax: 20_000,
  uploadMsMax: 600_000,
  // How often is looked for headers that are late.
  lateCheckMs: 2_000,
  idleConnectionMsMax: 72_000,
  // Of an id in a path: each of its characters may be escaped as up to twelve.
  pathPartCharsMax: 2_400,

  // What is still read, and dropped, of a body that nobody wants, before the answer is given.
  droppedBytesMax: 16_777_216,
  droppedMsMax: 2_000,

  // Of a page: beyond it the page is shorter than was asked for.
  answerCharsMax: 33_554_432,
  // So many instances are read at a time, each of which may be as large as a body.
  pieceItems: 16,

  pageItemsUsual: 50,
  pageEventsUsual: 100,
  // Names or keys in one parameter of a URL.
  listedMax: 200,

  feedsMax: 1_000,
  feedChunkChars: 65_536,
  feedBeatMs: 15_000,
  // A reader that takes nothing for so long is let go; it resumes where it was.
  feedSlowMsMax: 60_000,
  feedRetryMs: 1_000,
} as const
