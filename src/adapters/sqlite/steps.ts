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
