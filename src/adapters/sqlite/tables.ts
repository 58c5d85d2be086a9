/**
 * Every table of a daybook's file, and why each column exists. `docs/stored-data.md` is made from these comments.
 *
 * Habits: names (of types, attributes, people) and ids stand in rows as short integers, because they are repeated in
 * every index. Instants are milliseconds since 1970, UTC. What is JSON is text, exactly as it is hashed. A `t` is a
 * transaction. All tables are STRICT: a value of another kind is an error, not a conversion. Whose file it is and which
 * version its tables have stands in its header: `application_id` and `user_version`.
 */
export const tables = `
-- The schemas that were in force, in order.
CREATE TABLE schemas(
  n INTEGER PRIMARY KEY,       -- a schema may come back: neither version nor hash is unique
  version INTEGER NOT NULL,    -- what events say they were recorded under
  hash TEXT NOT NULL,          -- tells whether another one is in force now
  from_t INTEGER NOT NULL,     -- the first transaction that it applies to; its hash covers this row
  schema TEXT NOT NULL         -- JSON, as it was served
) STRICT;

-- Short keys for words that are repeated: names of types and attributes, and who acts or owns.
CREATE TABLE names(
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
) STRICT;

-- Short keys for the ids of entities. A key may be there before its entity is: a rejection has a stream as well.
CREATE TABLE entities(
  key INTEGER PRIMARY KEY,     -- in order of first mention
  id TEXT NOT NULL UNIQUE,
  type INTEGER NOT NULL,       -- names.key
  created_t INTEGER            -- the transaction that first created it; null: never
) STRICT;
-- The entities of a type in order of their creation.
CREATE INDEX entities_by_type ON entities(type, created_t) WHERE created_t IS NOT NULL;

-- Every command, and how far it has got.
CREATE TABLE commands(
  n INTEGER PRIMARY KEY,       -- its first transaction: newest first is backwards
  id TEXT NOT NULL UNIQUE,     -- the idempotency key
  type INTEGER NOT NULL,       -- names.key
  target_type INTEGER,         -- names.key; null: it has no target
  target TEXT,                 -- an id, that need not be an entity's
  data TEXT NOT NULL,          -- JSON
  state INTEGER NOT NULL,      -- place in the list of states, from 0: queued, running, waiting, retrying, aborting,
                               -- succeeded, rejected, failed, aborted, stuck
  owner INTEGER NOT NULL,      -- names.key
  parent TEXT,                 -- the id of the command that caused it
  correlation TEXT,            -- null: its own id, which is the usual case
  occurred_at TEXT,            -- as it was given
  expected_version INTEGER,    -- as it was given
  basis_t INTEGER,             -- as it was given
  result TEXT,                 -- JSON; null: null
  error TEXT,                  -- JSON; null: none
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  t INTEGER NOT NULL,          -- of its last step
  attempts INTEGER NOT NULL,
  due INTEGER,                 -- when it is tried again
  history TEXT,                -- JSON; null: one step, which the other columns tell
  digest TEXT,                 -- of content that is not kept
  at INTEGER,                  -- when its first transaction was recorded. With the next three it tells that transaction, so
                               -- that most commands dirty a page less; null: that has a row of its own, as all had once
  actor INTEGER,               -- names.key: whose transaction that was
  schema_version INTEGER,      -- of that transaction
  hash BLOB                    -- of that transaction; null: it has a row of its own
) STRICT;
CREATE INDEX commands_by_parent ON commands(parent) WHERE parent IS NOT NULL;
-- What has not simply succeeded: taken up again after a restart, or looked at by an operator. Free for all the rest.
CREATE INDEX commands_by_state ON commands(state) WHERE state <> 5;
CREATE INDEX commands_by_owner_and_state ON commands(owner, state) WHERE state <> 5;
-- In which stretches of the log commands of a type, and of an owner, began: all others are passed over when a list is
-- made. An index would be written to by each command, and this is by the first one in 32 (measured: two pages less of the
-- eleven that making an entity dirties).
CREATE TABLE command_stretches(
  kind INTEGER NOT NULL,       -- what is named: 0 a type, 1 an owner
  name INTEGER NOT NULL,       -- names.key
  stretch INTEGER NOT NULL,    -- commands.n / 32
  PRIMARY KEY(kind, name, stretch)
) STRICT, WITHOUT ROWID;

-- The log has one row per unit of work, in commands if it is a command's first, or else here: further steps, and the first
-- ones of commands that are in the archive, or were. The view "transactions" shows the whole log.
CREATE TABLE transactions_apart(
  t INTEGER PRIMARY KEY,       -- 1, 2, 3 … without gaps in both together, in commit order
  at INTEGER NOT NULL,         -- never before the one of the transaction before
  command INTEGER NOT NULL,    -- commands.n; its correlation is the transaction's
  actor INTEGER NOT NULL,      -- names.key
  schema_version INTEGER NOT NULL,
  hash BLOB NOT NULL           -- SHA-256 over the hash before, this row and its events, the schemas that it brings into
                               -- force, what its command asked for if it is the first step, and what came of it if
                               -- it is the last (src/ports/hash.ts)
) STRICT;
CREATE VIEW transactions AS
  SELECT n AS t, at, n AS command, actor, schema_version, hash FROM commands WHERE hash IS NOT NULL
  UNION ALL SELECT t, at, command, actor, schema_version, hash FROM transactions_apart;
-- What happened, in order.
CREATE TABLE events(
  pos INTEGER PRIMARY KEY,     -- t * 4096 + n: the order of all events, and the place of each
  id TEXT NOT NULL,            -- follows from (command id, n): not looked up, so not indexed
  entity INTEGER NOT NULL,     -- entities.key: whose stream
  version INTEGER NOT NULL,    -- in its stream: 1, 2, 3 … without gaps
  type INTEGER NOT NULL,       -- names.key
  type_version INTEGER NOT NULL, -- of the type's data, before upcasting
  rejection INTEGER NOT NULL,  -- 1: it says no and changed nothing
  kind INTEGER NOT NULL,       -- what the transaction came to for its entity, on the last event about it:
                               -- 0 says nothing, 1 created, 2 changed, 3 retracted
  has_version INTEGER NOT NULL, -- 1: versions has a row at the same place, and who follows the stream comes here by it
  occurred_at TEXT,            -- as it was given
  data TEXT NOT NULL           -- JSON
) STRICT;
-- What is in a stream besides the events that versions lead to. Each event is in one of two indexes, not in both: to be in
-- both would dirty one more leaf anywhere in the file with each change of one of many entities (measured: 44 pages
-- instead of 28 for 16 changes).
CREATE UNIQUE INDEX events_by_stream ON events(entity, version) WHERE has_version = 0;

-- Entities as they are from t on, until the next row of the same entity. A log as well: rows are only added, at the end,
-- so that a change of an entity dirties one leaf of the small index and none of documents (measured against rows
-- clustered by entity: a tenth less per change, more with large documents, which there would spill over).
CREATE TABLE versions(
  pos INTEGER PRIMARY KEY,     -- events.pos of the last event about the entity in the transaction that made it so: as of t
                               -- is the last one below (t + 1) * 4096
  entity INTEGER NOT NULL,     -- entities.key
  version INTEGER NOT NULL,    -- events.version of that event: how long the stream is, without looking there
  document TEXT                -- JSON; null: from here on it does not exist
) STRICT;
CREATE INDEX versions_by_entity ON versions(entity);

-- The values that are looked up, with the stretch of the log in which they were true: from_t <= t and t < to_t.
-- Now and then are one question, asked with another t. to_t stands early in both orders so that a search for what is
-- true now does not walk over all that once was; its price, measured, is 4 us of the 50 that a change of one value costs.
CREATE TABLE vals(
  entity INTEGER NOT NULL,     -- entities.key
  attribute INTEGER NOT NULL,  -- names.key of Entity/attr
  to_t INTEGER NOT NULL,       -- 2^47 - 1: still true
  value ANY NOT NULL,          -- a ref: entities.key of its target; a boolean: 0 or 1
  from_t INTEGER NOT NULL,
  PRIMARY KEY(entity, attribute, to_t, value)
) STRICT, WITHOUT ROWID;
-- Who has a value; edges backwards. Holds every column, so the table itself is not touched: a quarter of the price of
-- an index that leads to the rows, for 8 us more per change.
CREATE INDEX vals_by_value ON vals(attribute, value, to_t, entity, from_t);

-- The attributes whose values are refs: an id that is looked up in them is looked up by its key.
CREATE TABLE refs(
  attribute INTEGER PRIMARY KEY -- names.key
) STRICT;

-- Deliveries that did not go straight through.
CREATE TABLE deliveries(
  consumer TEXT NOT NULL,
  t INTEGER NOT NULL,          -- with n: the event
  n INTEGER NOT NULL,
  entity TEXT NOT NULL,        -- an id: deliveries of one entity stay in order
  state TEXT NOT NULL,         -- retrying, blocked, dead
  attempts TEXT NOT NULL,      -- JSON: [{at, error}]
  due INTEGER,                 -- of the next attempt
  PRIMARY KEY(consumer, t, n)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_dead ON deliveries(t, n, consumer) WHERE state = 'dead';
-- How far each consumer has got.
CREATE TABLE checkpoints(
  consumer TEXT PRIMARY KEY,
  t INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What is to happen at a time.
CREATE TABLE timers(
  id TEXT PRIMARY KEY,
  due INTEGER NOT NULL,
  payload TEXT NOT NULL        -- JSON
) STRICT, WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers(due);

-- The versions of read models, and how far each has got.
CREATE TABLE projections(
  key INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  version INTEGER NOT NULL,
  reached INTEGER NOT NULL,    -- the t it shows
  state INTEGER NOT NULL       -- 0 being built, 1 read, 2 dropped: its rows go a few at a time
) STRICT;
CREATE TABLE projection_rows(
  projection INTEGER NOT NULL, -- projections.key
  key TEXT NOT NULL,
  row TEXT NOT NULL,           -- JSON
  PRIMARY KEY(projection, key)
) STRICT, WITHOUT ROWID;

-- Commands that were refused before they became commands, for audit. The oldest go when there are too many.
CREATE TABLE refusals(
  n INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  type TEXT NOT NULL,          -- whatever was asked for: it may be no name of anything
  actor TEXT NOT NULL,
  code TEXT NOT NULL,
  sentence TEXT NOT NULL,
  faults TEXT NOT NULL,        -- JSON
  data TEXT NOT NULL           -- JSON
) STRICT;
CREATE INDEX refusals_by_id ON refusals(id);
`

/** The `to_t` of what is still true. Six bytes, and no t will ever be so large. */
export const still = 2 ** 47 - 1

/** What came with version 4: the archive. */
export const archiveTables = `
-- Commands that ended long ago, moved out of the way of those that live, and back if they are wanted: each is in
-- commands or here. Only they move. What they caused, and what it meant, stays where it is.
CREATE TABLE archived_commands(
  n INTEGER PRIMARY KEY,       -- as in commands, like all but the last: transactions_apart.command leads here as well
  id TEXT NOT NULL UNIQUE,     -- the idempotency key, here as well: an archived command that comes again is a duplicate
  type INTEGER NOT NULL,       -- names.key
  target_type INTEGER,         -- names.key; null: it has no target
  target TEXT,                 -- an id, that need not be an entity's
  data TEXT NOT NULL,          -- JSON
  state INTEGER NOT NULL,      -- place in the list of states, from 0: queued, running, waiting, retrying, aborting,
                               -- succeeded, rejected, failed, aborted, stuck
  owner INTEGER NOT NULL,      -- names.key
  parent TEXT,                 -- the id of the command that caused it
  correlation TEXT,            -- null: its own id, which is the usual case
  occurred_at TEXT,            -- as it was given
  expected_version INTEGER,    -- as it was given
  basis_t INTEGER,             -- as it was given
  result TEXT,                 -- JSON; null: null
  error TEXT,                  -- JSON; null: none
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  t INTEGER NOT NULL,          -- of its last step
  attempts INTEGER NOT NULL,
  due INTEGER,                 -- when it is tried again
  history TEXT,                -- JSON; null: one step, which the other columns tell
  digest TEXT,                 -- of content that is not kept
  archived_at INTEGER NOT NULL -- of the transaction that moved it here
) STRICT;
CREATE INDEX archived_by_owner ON archived_commands(owner);
CREATE INDEX archived_by_type ON archived_commands(type);
CREATE INDEX archived_by_parent ON archived_commands(parent) WHERE parent IS NOT NULL;
CREATE INDEX archived_by_state ON archived_commands(state) WHERE state <> 5;
`
