import { places } from "../sql/places.ts"

/**
 * To the third version of the tables: a version stands at the place of the last event about its entity, and leads to it,
 * so that the index of streams holds only what no version leads to.
 */
export const versionsLeadToEvents = `
CREATE TABLE leading(
  pos INTEGER PRIMARY KEY,
  entity INTEGER NOT NULL,
  version INTEGER NOT NULL,
  document TEXT
) STRICT;
INSERT INTO leading(pos, entity, version, document)
  SELECT e.pos, e.entity, e.version, v.document
    FROM (SELECT max(pos) AS pos, entity, max(version) AS version FROM events GROUP BY entity, pos / ${places}) e
   CROSS JOIN versions v
   WHERE v.entity = e.entity AND v.pos >= e.pos / ${places} * ${places} AND v.pos < (e.pos / ${places} + 1) * ${places}
   ORDER BY e.pos;
DROP TABLE versions;
ALTER TABLE leading RENAME TO versions;
CREATE INDEX versions_by_entity ON versions(entity);
ALTER TABLE events ADD COLUMN has_version INTEGER NOT NULL DEFAULT 1;
UPDATE events SET has_version = 0 WHERE pos NOT IN (SELECT pos FROM versions);
DROP INDEX events_by_stream;
CREATE UNIQUE INDEX events_by_stream ON events(entity, version) WHERE has_version = 0;
`

/** To the fifth: lists of commands are led by the stretches of the log in which they began. */
export const stretchesLeadToCommands = `
CREATE TABLE command_stretches(
  kind INTEGER NOT NULL,
  name INTEGER NOT NULL,
  stretch INTEGER NOT NULL,
  PRIMARY KEY(kind, name, stretch)
) STRICT, WITHOUT ROWID;
INSERT INTO command_stretches SELECT DISTINCT 0, type, n / 32 FROM commands ORDER BY type, n / 32;
INSERT INTO command_stretches SELECT DISTINCT 1, owner, n / 32 FROM commands ORDER BY owner, n / 32;
DROP INDEX commands_by_type;
DROP INDEX commands_by_owner;
`

/** To the sixth: a command tells its first transaction. Those that were there have rows of their own, and keep them. */
export const commandsTellTransactions = `
ALTER TABLE commands ADD COLUMN at INTEGER;
ALTER TABLE commands ADD COLUMN actor INTEGER;
ALTER TABLE commands ADD COLUMN schema_version INTEGER;
ALTER TABLE commands ADD COLUMN hash BLOB;
ALTER TABLE transactions RENAME TO transactions_apart;
CREATE VIEW transactions AS
  SELECT n AS t, at, n AS command, actor, schema_version, hash FROM commands WHERE hash IS NOT NULL
  UNION ALL SELECT t, at, command, actor, schema_version, hash FROM transactions_apart;
`
