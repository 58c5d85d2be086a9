import { places } from "../sql/places.ts"

const ofCommand = (column: string) => `CASE WHEN f.n IS NOT NULL THEN f.${column} WHEN c.n IS NOT NULL THEN c.${column}
           ELSE (SELECT ${column} FROM archived_commands WHERE n = x.command) END`

/**
 * Events with all that is told of them; what follows says which. CROSS JOIN keeps the order: events lead, and each of
 * the others is one step down a tree by its short key. Most often the command tells the transaction. Where it does not,
 * that has a row of its own, and leads to the command, here or in the archive.
 */
export const selectEvents = `
  SELECT e.pos, e.id, s.id, s.type, e.version, e.type, e.type_version, e.rejection, e.kind, e.occurred_at, e.data,
         iif(f.n IS NULL, x.at, f.at), iif(f.n IS NULL, x.actor, f.actor),
         iif(f.n IS NULL, x.schema_version, f.schema_version),
         ${ofCommand("id")}, ${ofCommand("type")}, ${ofCommand("correlation")}
    FROM events e CROSS JOIN entities s ON s.key = e.entity
    LEFT JOIN commands f ON f.n = e.pos / ${places} AND f.hash IS NOT NULL
    LEFT JOIN transactions_apart x ON x.t = iif(f.n IS NULL, e.pos / ${places}, NULL)
    LEFT JOIN commands c ON c.n = x.command`
