import { commandColumns } from "../sql/command-rows.ts"
import { endStates } from "../sql/states.ts"
import { beAlone } from "./alone-functions.ts"
import { plans } from "./function-plans.ts"
import { writeLog } from "./write-log-function.ts"

/** What a commit says that was decided on a version of a projection that was dropped meanwhile. */
export const droppedState = "DB002"

// What is looked at besides, from number 2 on: an id that is in the archive is as taken as any other.
const unlessArchived = `
    IF EXISTS (SELECT 1 FROM @.archived_commands WHERE id = ANY(c_id)) THEN RETURN; END IF;`

/**
 * The two functions that write a batch, called in one statement: so a batch is one round trip, and the lock that orders
 * all processes is held for the writing alone. What may be written was decided before, on what was seen as of `seen_t`;
 * here it is only looked whether that still holds. If it does not, no row is returned, or an index says that an id is
 * taken; nothing was written then.
 *
 * A function that was released is never changed: programs of two versions may call it. A new one has a new number.
 */
export const functions = `
${writeLog({ create: "CREATE FUNCTION", number: 1, looks: "", others: "unheeded" })}
CREATE FUNCTION @.write_side_1(
  now_ms BIGINT, refusals_max BIGINT,
  reached_consumer TEXT[], reached_t BIGINT[],
  done_consumer TEXT[], done_t BIGINT[], done_n INTEGER[],
  p_consumer TEXT[], p_t BIGINT[], p_n INTEGER[], p_due BIGINT[], p_entity TEXT[], p_state TEXT[], p_attempts TEXT[],
  page_projection BIGINT[], page_reached BIGINT[], gone_projection BIGINT[], gone_key TEXT[],
  row_projection BIGINT[], row_key TEXT[], row_row TEXT[],
  r_id TEXT[], r_type TEXT[], r_actor TEXT[], r_code TEXT[], r_sentence TEXT[], r_faults TEXT[], r_data TEXT[]
) RETURNS BOOLEAN
LANGUAGE plpgsql VOLATILE ${plans} AS $body$
#variable_conflict use_column
DECLARE
  touched INTEGER; newest BIGINT;
BEGIN
  IF cardinality(reached_consumer) > 0 THEN
    INSERT INTO @.checkpoints(consumer, t) SELECT * FROM unnest(reached_consumer, reached_t)
      ON CONFLICT (consumer) DO UPDATE SET t = excluded.t;
  END IF;
  IF cardinality(done_consumer) > 0 THEN
    DELETE FROM @.deliveries AS d USING unnest(done_consumer, done_t, done_n) AS o(consumer, t, n)
     WHERE d.consumer = o.consumer AND d.t = o.t AND d.n = o.n;
  END IF;
  IF cardinality(p_consumer) > 0 THEN
    INSERT INTO @.deliveries(consumer, t, n, due, entity, state, attempts)
      SELECT * FROM unnest(p_consumer, p_t, p_n, p_due, p_entity, p_state, p_attempts)
      ON CONFLICT (consumer, t, n) DO UPDATE SET due = excluded.due, entity = excluded.entity, state = excluded.state,
        attempts = excluded.attempts;
  END IF;
  IF cardinality(page_projection) > 0 THEN
    UPDATE @.projections AS p SET reached = o.reached FROM unnest(page_projection, page_reached) AS o(key, reached)
     WHERE p.key = o.key AND p.state <> 2;
    GET DIAGNOSTICS touched = ROW_COUNT;
    -- A version that was dropped meanwhile: its page has nowhere to go, and there may be another of its name.
    IF touched < cardinality(page_projection) THEN
      RAISE 'A version of a projection was dropped' USING ERRCODE = '${droppedState}';
    END IF;
    DELETE FROM @.projection_rows AS r USING unnest(gone_projection, gone_key) AS o(projection, key)
     WHERE r.projection = o.projection AND r.key = o.key;
    INSERT INTO @.projection_rows(projection, key, row)
      SELECT * FROM unnest(row_projection, row_key, row_row) AS o(projection, key, row)
      ON CONFLICT (projection, key) DO UPDATE SET row = excluded.row;
  END IF;
  IF cardinality(r_id) > 0 THEN
    WITH kept AS (
      INSERT INTO @.refusals(at, id, type, actor, code, sentence, faults, data)
        SELECT now_ms, r.* FROM unnest(r_id, r_type, r_actor, r_code, r_sentence, r_faults, r_data) AS r RETURNING n
    ) SELECT max(n) INTO newest FROM kept;
    DELETE FROM @.refusals WHERE n <= newest - refusals_max;
  END IF;
  RETURN true;
END $body$;
`

/** What came with version 3. */
export const archiveFunctions = `
${writeLog({ create: "CREATE FUNCTION", number: 2, looks: unlessArchived, others: "unheeded" })}
CREATE FUNCTION @.move_commands_1(archived TEXT[], restored TEXT[], at_ms BIGINT) RETURNS BOOLEAN
LANGUAGE plpgsql VOLATILE ${plans} AS $body$
#variable_conflict use_column
DECLARE
  touched INTEGER;
BEGIN
  IF cardinality(archived) > 0 THEN
    WITH gone AS (
      DELETE FROM @.commands WHERE id = ANY(archived) AND state IN (${endStates.join()}) RETURNING ${commandColumns}, n
    ) INSERT INTO @.archived_commands(${commandColumns}, n, archived_at) SELECT gone.*, at_ms FROM gone;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched <> cardinality(archived) THEN
      RAISE 'Of % commands, % are not at their end, or in the archive already', cardinality(archived),
        cardinality(archived) - touched;
    END IF;
  END IF;
  IF cardinality(restored) > 0 THEN
    WITH gone AS (DELETE FROM @.archived_commands WHERE id = ANY(restored) RETURNING ${commandColumns}, n)
      INSERT INTO @.commands(${commandColumns}, n) SELECT gone.* FROM gone;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched <> cardinality(restored) THEN
      RAISE 'Of % commands, % are not in the archive', cardinality(restored), cardinality(restored) - touched;
    END IF;
  END IF;
  RETURN true;
END $body$;
`

/**
 * What came with version 4: whoever is alone may answer from memory. A program of before knows nothing of that, so that its
 * functions wait in its place.
 */
export const aloneFunctions = `
${beAlone}
${writeLog({ create: "CREATE OR REPLACE FUNCTION", number: 1, looks: "", others: "outwaited" })}
${writeLog({ create: "CREATE OR REPLACE FUNCTION", number: 2, looks: unlessArchived, others: "outwaited" })}
${writeLog({ create: "CREATE FUNCTION", number: 3, looks: unlessArchived, others: "compared" })}
`

/** What came with version 5: who knows where the log ends has made the hashes, which takes the database longer. */
export const knownEndFunctions = `
${writeLog({ create: "CREATE FUNCTION", number: 4, looks: unlessArchived, others: "compared", mayKnow: true })}
`
