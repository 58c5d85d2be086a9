/**
 * Every table of a daybook in PostgreSQL, and why each column exists. `docs/stored-data.md` is made from these comments.
 *
 * Habits: as in SQLite, names and the ids of entities stand in rows as short keys, instants are milliseconds since
 * 1970, what is JSON is text exactly as it is hashed, and a `t` is a transaction. Text is compared byte by byte. Wide
 * columns come first, so that nothing is lost between them. There are as few indexes as the questions allow: each costs
 * every command some microseconds.
 */
export const tables = `
-- What these tables are. One row.
CREATE TABLE daybook(
  one INTEGER PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL,       -- of the tables: a program that knows fewer refuses
  partition_size BIGINT NOT NULL, -- how many transactions one partition of the log holds
  partitioned_to BIGINT NOT NULL  -- every t below it has its partition
);

-- The schemas that were in force, in order.
CREATE TABLE schemas(
  n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- a schema may come back: neither version nor hash is unique
  from_t BIGINT NOT NULL,         -- the first transaction that it applies to; its hash covers this row
  version INTEGER NOT NULL,       -- what events say they were recorded under
  hash TEXT NOT NULL,             -- tells whether another one is in force now
  schema TEXT NOT NULL            -- JSON, as it was served
);

-- Short keys for words that are repeated: names of types and attributes, and who acts or owns.
CREATE TABLE names(
  key INTEGER GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name TEXT COLLATE "C" NOT NULL UNIQUE
);

-- Short keys for the ids of entities. A key may be there before its entity is: a rejection has a stream as well.
CREATE TABLE entities(
  key BIGINT PRIMARY KEY,         -- in order of first mention, for each process
  created_t BIGINT,               -- the transaction that first created it; null: never
  version INTEGER NOT NULL,       -- how many events its stream has: what a commit checks, in one row
  type INTEGER NOT NULL,          -- names.key
  id TEXT COLLATE "C" NOT NULL UNIQUE
) WITH (fillfactor = 85);
-- The entities of a type in order of their creation.
CREATE INDEX entities_by_type ON entities(type, created_t, key) WHERE created_t IS NOT NULL;
-- Processes take keys by the thousand, so that a commit need not ask for them.
CREATE SEQUENCE entity_keys START 1 INCREMENT 1000;

-- Every command, and how far it has got.
CREATE TABLE commands(
  n BIGINT PRIMARY KEY,           -- its first transaction: newest first is backwards
  t BIGINT NOT NULL,              -- of its last step
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  due BIGINT,                     -- when it is tried again
  expected_version BIGINT,        -- as it was given
  basis_t BIGINT,                 -- as it was given
  type INTEGER NOT NULL,          -- names.key
  target_type INTEGER,            -- names.key; null: it has no target
  owner INTEGER NOT NULL,         -- names.key
  attempts INTEGER NOT NULL,
  state SMALLINT NOT NULL,        -- place in the list of states, from 0: queued, running, waiting, retrying, aborting,
                                  -- succeeded, rejected, failed, aborted, stuck
  id TEXT COLLATE "C" NOT NULL UNIQUE, -- the idempotency key
  target TEXT COLLATE "C",        -- an id, that need not be an entity's
  parent TEXT COLLATE "C",        -- the id of the command that caused it
  correlation TEXT,               -- null: its own id, which is the usual case
  occurred_at TEXT,               -- as it was given
  digest TEXT,                    -- of content that is not kept
  data TEXT NOT NULL,             -- JSON
  result TEXT,                    -- JSON; null: null
  error TEXT,                     -- JSON; null: none
  history TEXT                    -- JSON; null: one step, which the other columns tell; the last step's t is not in it
) WITH (fillfactor = 95);
CREATE INDEX commands_by_owner ON commands(owner, n);
CREATE INDEX commands_by_type ON commands(type, n);
CREATE INDEX commands_by_parent ON commands(parent, n) WHERE parent IS NOT NULL;
-- What has not simply succeeded: taken up again after a restart, or looked at by an operator. Free for all the rest.
CREATE INDEX commands_by_state ON commands(state, n) WHERE state <> 5;

-- The log: one row per unit of work. The newest row is the counter: whoever commits holds one lock, reads it, and adds
-- the next. A row that counts would be rewritten a thousand times a second, and every long read (a backup) would keep
-- all its old versions alive, which the next commit would have to step over.
CREATE TABLE transactions(
  t BIGINT PRIMARY KEY,           -- 1, 2, 3 … without gaps, in commit order
  at BIGINT NOT NULL,             -- never before the one of the transaction before
  command BIGINT NOT NULL,        -- commands.n
  actor INTEGER NOT NULL,         -- names.key
  schema_version INTEGER NOT NULL,
  command_type INTEGER NOT NULL,  -- names.key; the command's type, id and correlation once more: whoever reads the log
                                  -- need not go to each command, which was a quarter of the price of an event
  command_id TEXT NOT NULL,       -- the same
  correlation TEXT,               -- the same; null: the command's id
  hash BYTEA NOT NULL             -- SHA-256 over the hash before, this row and its events, the schemas that it brings
                                  -- into force, what its command asked for if it is the first step, and what came of it
                                  -- if it is the last (src/ports/hash.ts)
) PARTITION BY RANGE (t);
-- What happened, in order.
CREATE TABLE events(
  pos BIGINT PRIMARY KEY,         -- t * 4096 + n: the order of all events, and the place of each
  entity BIGINT NOT NULL,         -- entities.key: whose stream
  version INTEGER NOT NULL,       -- in its stream: 1, 2, 3 … without gaps
  type INTEGER NOT NULL,          -- names.key
  type_version INTEGER NOT NULL,  -- of the type's data, before upcasting
  rejection SMALLINT NOT NULL,    -- 1: it says no and changed nothing
  kind SMALLINT NOT NULL,         -- what the transaction came to for its entity, on the last event about it:
                                  -- 0 says nothing, 1 created, 2 changed, 3 retracted
  id TEXT NOT NULL,               -- follows from (command id, n): not looked up, so not indexed
  occurred_at TEXT,               -- as it was given
  data TEXT NOT NULL              -- JSON
) PARTITION BY RANGE (pos);
-- Streams. That no two decisions take the same place is seen to by entities.version, across all partitions.
CREATE INDEX events_by_stream ON events(entity, version);

-- Entities as they are from t on, until the next row of the same entity.
CREATE TABLE versions(
  pos BIGINT NOT NULL,            -- t * 4096 + place in the transaction: as of t is the last one below (t + 1) * 4096
  entity BIGINT NOT NULL,         -- entities.key
  document TEXT,                  -- JSON; null: from here on it does not exist
  PRIMARY KEY(entity, pos)
);
-- Who has ceased to exist since when: of the past, they are judged apart. Free for all the rest.
CREATE INDEX versions_ended ON versions(pos, entity) WHERE document IS NULL;

-- The values that are looked up, with the stretch of the log in which they were true: from_t <= t and t < to_t.
-- Now and then are one question, asked with another t.
CREATE TABLE vals(
  entity BIGINT NOT NULL,         -- entities.key
  from_t BIGINT NOT NULL,
  to_t BIGINT NOT NULL,           -- 2^47 - 1: still true
  attribute INTEGER NOT NULL,     -- names.key of Entity/attr
  value TEXT COLLATE "C" NOT NULL -- JSON of the scalar, of a ref the id; of a long one its hash
) WITH (fillfactor = 90);
-- Who has a value; edges backwards; who points at what is to go. Holds every column, so the table itself is not touched.
-- What an entity has is read out of its newest version: an index by entity would be written by every change, too.
CREATE UNIQUE INDEX vals_by_value ON vals(attribute, value, to_t, entity) INCLUDE (from_t);

-- Deliveries that did not go straight through.
CREATE TABLE deliveries(
  t BIGINT NOT NULL,              -- with n: the event
  due BIGINT,                     -- of the next attempt
  n INTEGER NOT NULL,
  consumer TEXT COLLATE "C" NOT NULL,
  entity TEXT NOT NULL,           -- an id: deliveries of one entity stay in order
  state TEXT NOT NULL,            -- retrying, blocked, dead
  attempts TEXT NOT NULL,         -- JSON: [{at, error}]
  PRIMARY KEY(consumer, t, n)
);
CREATE INDEX deliveries_dead ON deliveries(t, n, consumer) WHERE state = 'dead';
-- How far each consumer has got.
CREATE TABLE checkpoints(
  t BIGINT NOT NULL,
  consumer TEXT COLLATE "C" PRIMARY KEY
) WITH (fillfactor = 50);

-- What is to happen at a time.
CREATE TABLE timers(
  due BIGINT NOT NULL,
  id TEXT COLLATE "C" PRIMARY KEY,
  payload TEXT NOT NULL           -- JSON
);
CREATE INDEX timers_by_due ON timers(due, id);

-- The versions of read models, and how far each has got.
CREATE TABLE projections(
  key BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  reached BIGINT NOT NULL,        -- the t it shows
  version INTEGER NOT NULL,
  state INTEGER NOT NULL,         -- 0 being built, 1 read, 2 dropped: its rows go a few at a time
  name TEXT COLLATE "C" NOT NULL
) WITH (fillfactor = 50);
CREATE TABLE projection_rows(
  projection BIGINT NOT NULL,     -- projections.key
  key TEXT COLLATE "C" NOT NULL,
  row TEXT NOT NULL,              -- JSON
  PRIMARY KEY(projection, key)
) WITH (fillfactor = 85);

-- Commands that were refused before they became commands, for audit. The oldest go when there are too many.
CREATE TABLE refusals(
  n BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at BIGINT NOT NULL,
  id TEXT COLLATE "C" NOT NULL,
  type TEXT NOT NULL,             -- whatever was asked for: it may be no name of anything
  actor TEXT NOT NULL,
  code TEXT NOT NULL,
  sentence TEXT NOT NULL,
  faults TEXT NOT NULL,           -- JSON
  data TEXT NOT NULL              -- JSON
);
CREATE INDEX refusals_by_id ON refusals(id, n);

-- Who does what only one process may do at a time.
CREATE TABLE leases(
  epoch BIGINT NOT NULL,          -- grows whenever the lease is taken: what is written under an older one is refused
  until TIMESTAMPTZ NOT NULL,     -- by the clock of the database: those of the processes may differ
  holder TEXT,                    -- null: it was given back
  name TEXT COLLATE "C" PRIMARY KEY
) WITH (fillfactor = 50);

-- The batches that were committed lately. A process whose connection broke looks here whether its own is there.
CREATE TABLE batches(
  made TIMESTAMPTZ NOT NULL,      -- when it is of no use any more
  t BIGINT,                       -- the transaction before its first; null: it never came to be, and never will
  at BIGINT,                      -- when that was recorded
  id TEXT COLLATE "C" PRIMARY KEY
);
CREATE INDEX batches_by_age ON batches(made);
`

/** What came with version 3: the archive. */
export const archiveTables = `
-- Commands that ended long ago, moved out of the way of those that live, and back if they are wanted: each is in
-- commands or here. Only they move. What they caused, and what it meant, stays where it is.
CREATE TABLE archived_commands(
  n BIGINT PRIMARY KEY,           -- as in commands, like all but archived_at: transactions.command leads here as well
  t BIGINT NOT NULL,              -- of its last step
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  archived_at BIGINT NOT NULL,    -- of the transaction that moved it here
  due BIGINT,                     -- when it is tried again
  expected_version BIGINT,        -- as it was given
  basis_t BIGINT,                 -- as it was given
  type INTEGER NOT NULL,          -- names.key
  target_type INTEGER,            -- names.key; null: it has no target
  owner INTEGER NOT NULL,         -- names.key
  attempts INTEGER NOT NULL,
  state SMALLINT NOT NULL,        -- place in the list of states, from 0: queued, running, waiting, retrying, aborting,
                                  -- succeeded, rejected, failed, aborted, stuck
  id TEXT COLLATE "C" NOT NULL UNIQUE, -- the idempotency key, here as well: an archived command that comes again is a duplicate
  target TEXT COLLATE "C",        -- an id, that need not be an entity's
  parent TEXT COLLATE "C",        -- the id of the command that caused it
  correlation TEXT,               -- null: its own id, which is the usual case
  occurred_at TEXT,               -- as it was given
  digest TEXT,                    -- of content that is not kept
  data TEXT NOT NULL,             -- JSON
  result TEXT,                    -- JSON; null: null
  error TEXT,                     -- JSON; null: none
  history TEXT                    -- JSON; null: one step, which the other columns tell; the last step's t is not in it
);
CREATE INDEX archived_by_owner ON archived_commands(owner, n);
CREATE INDEX archived_by_type ON archived_commands(type, n);
CREATE INDEX archived_by_parent ON archived_commands(parent, n) WHERE parent IS NOT NULL;
CREATE INDEX archived_by_state ON archived_commands(state, n) WHERE state <> 5;
`

/** What came with version 4: who is alone. */
export const aloneTables = `
-- Whoever is alone on this daybook: which process, for how long at a time, how often anybody was, and whether somebody
-- else has come since, all in one number (src/adapters/postgres/alone-functions.ts). Each commit compares it. A sequence is
-- changed in place: a row would leave a dead version each time, which the next commit would have to step over for as long
-- as anybody reads.
CREATE SEQUENCE alone MINVALUE 0 START 0;
-- Numbers of processes, short enough to go into the one above.
CREATE SEQUENCE processes MAXVALUE 1048575 CYCLE;
`

/**
 * The same version: half of a page of entities is left free. What was made at once often changes at once, and an entity that
 * changes for the first time finds room beside itself, so that no index has to be told where it went. Measured for two
 * thousand timers that go off at once: 11.5 records and 1.4 KB of write-ahead log for each step instead of 21.9 and 2.6, where
 * 15 in a hundred were left. Cost: some ninety bytes for each entity.
 */
export const roomTables = `
ALTER TABLE @.entities SET (fillfactor = 50);
`

/** The `to_t` of what is still true. No t will ever be so large. */
export const still = 2 ** 47 - 1
