import { places } from "../sql/places.ts"

/**
 * Events with all that is told of them; what follows says which. CROSS JOIN keeps the order: events lead, and each of
 * the others is one step down a tree by its short key. The archive is looked into only where a command is not here.
 */
export const selectEvents = `
  SELECT e.pos, e.id, s.id, s.type, e.version, e.type, e.type_version, e.rejection, e.kind, e.occurred_at, e.data,
         x.at, x.actor, x.schema_version,
         iif(c.n IS NULL, (SELECT id FROM archived_commands WHERE n = x.command), c.id),
         iif(c.n IS NULL, (SELECT type FROM archived_commands WHERE n = x.command), c.type),
         iif(c.n IS NULL, (SELECT correlation FROM archived_commands WHERE n = x.command), c.correlation)
    FROM events e CROSS JOIN entities s ON s.key = e.entity
   CROSS JOIN transactions x ON x.t = e.pos / ${places} LEFT JOIN commands c ON c.n = x.command`
