/** Every bound of the system. A number that is not here is not a bound. The unit and `Max` come last. */
export const limits = {
  idCharsMax: 200,
  nameCharsMax: 200,

  bodyBytesMax: 1_048_576,
  jsonDepthMax: 32,
  commandsPerRequestMax: 1_000,
  waitSecondsMax: 10,

  uploadBytesMax: 52_428_800,
  mediaTypeCharsMax: 200,
  // What was uploaded or kept this long ago, and is held by nothing, is swept; and how often is looked.
  fileUnusedMsMax: 86_400_000,
  fileSweepEveryMs: 86_400_000,

  // What waits is decided and committed together: as many as arrive in one turn, up to these.
  batchUnitsMax: 512,
  batchMsMax: 4,
  queuedCommandsMax: 20_000,

  // How long a piece of work goes on before others get their turn.
  turnMs: 20,
  // The same within the process, where nobody else can go on meanwhile.
  breathMs: 10,

  messagesPerDrainMax: 10_000_000,
  eventsPerTransactionMax: 4_000,
  opsPerTransactMax: 4_000,
  componentDepthMax: 16,

  // A decision that was overtaken is made again this often before it is answered with a conflict.
  decisionsMax: 8,

  headsCachedMax: 20_000,
  headsAtOnceMax: 4_000,
  keysCachedMax: 200_000,
  // What is kept in mind of entities as they are now: their documents as text, with what it takes to keep one.
  entitiesKeptCharsMax: 33_554_432,

  pageEventsMax: 1_000,
  pageItemsMax: 200,
  // The data of one page of events: whoever reads it, all of it is in memory at once, and as a text perhaps once more.
  pageBytesMax: 8_388_608,

  retryBaseMs: 50,
  retryFactor: 2,
  retryCapMs: 60_000,
  retryJitterMs: 1_000,
  attemptsMax: 8,
  // So many entities may fail one after the other before a processor pauses.
  failedInARowMax: 5,

  effectsAtOnceMax: 16,
  // What an effect may take, unless its processor says otherwise.
  effectMsMax: 60_000,
  deliveriesAheadMax: 1_000,
  checkpointEveryMs: 200,

  // Where several processes share a store: what a dead one had in hand is another's after this long; how often a lease
  // is renewed; how often is looked what is free, who is there, and what a bell has missed; and how often somebody who
  // waits for what another process does looks whether it is done.
  leaseMs: 15_000,
  leaseRenewMs: 5_000,
  leaseBeatMs: 2_500,
  pollMs: 100,
  resumeEveryMs: 60_000,

  // Of one instance: how many children are under way at once, how much is kept that nobody waits for yet, and how much of
  // what has come to it goes into one transaction; of all together, how much the router has in hand at once.
  childrenMax: 1_000,
  mailboxMax: 1_000,
  arrivalsAtOnceMax: 100,
  wakesAtOnceMax: 2_000,

  // Of timers: how far ahead one may be set (a hundred years); how many go off at the same time; how long is slept at most
  // before the clock is looked at again, which may have been set meanwhile; and how soon after a look a ring leads to one.
  momentMsMax: 3_155_760_000_000,
  timersAtOnceMax: 512,
  timerSleepMsMax: 600_000,
  timerRingMs: 10,

  projectionPageEventsMax: 2_000,
  waitForMsMax: 10_000,
  drainMsMax: 10_000,

  refusalsKeptMax: 100_000,
  // Of the archive: how many commands one transaction moves, and among how many it looks for them.
  archivedAtOnceMax: 1_000,
  archivableLookedAtMax: 2_000,
  // How many transactions are another after one command has erased something, and how many commands it looks at.
  erasedAtOnceMax: 10_000,
  liveQueriesMax: 100_000,
  // Entities changed between two looks: beyond, all live queries are asked again.
  liveChangesMax: 10_000,

  // Of a datalog query: how long its text is without its args, how many rows its answer has, and how many it may come by on
  // the way; and, where threads go on with what takes longer than a turn, how many there are, and how much may wait.
  datalogCharsMax: 100_000,
  datalogKeptMax: 1_000,
  datalogKeptCharsMax: 4_000,
  datalogRowsMax: 100_000,
  datalogTuplesMax: 1_000_000,
  datalogTextCharsMax: 1_000_000,
  datalogChoicesMax: 1_000,
  datalogThreadsMax: 2,
  datalogWaitingMax: 100,

  feedBufferEventsMax: 10_000,
  feedBufferCharsMax: 8_388_608,

  // Of security: whose rights are kept in mind, and on how many entities together; how many are told at once; how many
  // values one step of a rule may come by; and how many entities an explanation looks at.
  principalsKeptMax: 1_000,
  standingsKeptMax: 1_000_000,
  standingsAtOnceMax: 200_000,
  groupSetsKeptMax: 100_000,
  factsPerStepMax: 5_000_000,
  turnsKeptMax: 10_000,
  explainedEntitiesMax: 10_000,

  // Of a pull: how many entities an attribute leads to at most; how far it goes down; and how many entities it comes by.
  // Beyond, it is refused: what is cut off without a word reads as if it were all.
  pullValuesMax: 10_000,
  pullDepthMax: 2_000,
  pullNodesMax: 100_000,
  pullRootsMax: 10_000,
  patternItemsMax: 2_000,
  queryMsUsual: 10_000,
  queryMsMax: 60_000,
  historyEntriesUsual: 1_000,
  historyEntriesMax: 10_000,
  derivedMsUsual: 5_000,
  checksPerRequestMax: 1_000,
  promptCommandsMax: 100,
  // Of how many commands of somebody it is worked out what they were at a t.
  commandsThenMax: 20_000,
  // Of how many others the commands are somebody's own: the visitors who have turned out to be them.
  ownersMax: 100,
} as const
