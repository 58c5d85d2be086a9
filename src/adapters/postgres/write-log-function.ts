import { places } from "../sql/places.ts"
import { compares, waitsOut } from "./alone-functions.ts"
import { plans } from "./function-plans.ts"
import { still } from "./tables.ts"

/** Under this name it stands among the checkpoints what may be done with a daybook. No consumer has such a name. */
export const conditionName = "daybook:condition"

/** In what one number of the function that writes the log differs from another. */
export type Edition = {
  readonly create: "CREATE FUNCTION" | "CREATE OR REPLACE FUNCTION"
  readonly number: number
  readonly looks: string
  /** What becomes of it where another process is alone. */
  readonly others: "unheeded" | "outwaited" | "compared"
  /** Whether who calls it may know where the log ends, and the hashes that follow from that. */
  readonly mayKnow?: boolean
}

const looksForEnd = `
  SELECT t, at, encode(hash, 'hex') INTO tip_t, tip_at, hex FROM @.transactions ORDER BY t DESC LIMIT 1;
  IF tip_t IS NULL THEN tip_t := 0; tip_at := 0; hex := ''; END IF;
  SELECT EXISTS (SELECT 1 FROM @.schemas WHERE from_t > tip_t),
         EXISTS (SELECT 1 FROM @.checkpoints WHERE consumer = '${conditionName}' AND t = 2)
    INTO is_grown, is_moved;`
const looksForAllAtOnce = `
  SELECT coalesce(x.t, 0), coalesce(x.at, 0), coalesce(encode(x.hash, 'hex'), ''),
         EXISTS (SELECT 1 FROM @.schemas WHERE from_t > coalesce(x.t, 0)),
         EXISTS (SELECT 1 FROM @.checkpoints WHERE consumer = '${conditionName}' AND t = 2)
    INTO tip_t, tip_at, hex, is_grown, is_moved
    FROM (VALUES (1)) AS one LEFT JOIN LATERAL (
      SELECT t, at, hash FROM @.transactions ORDER BY t DESC LIMIT 1
    ) AS x ON true;`
const ifNotKnown = `
  IF hex = known_hash AND tip_t = known_t AND x_at IS NULL AND NOT is_grown THEN
    ms := greatest(tip_at, now_ms);
    ats := array_fill(ms, ARRAY[cardinality(x_actor)]);
    hashes := known_hashes;
    hex := encode(hashes[cardinality(hashes)], 'hex');
  ELSE`

const knownParameters = " known_t BIGINT, known_hash TEXT, known_hashes BYTEA[],"

// The function that writes the log, from its parameters to the end of what it looks at, and from there on. What stands
// between < and > is the edition's.
const writeLogLooks = `<create> @.write_log_<number>(
  batch TEXT, lock BIGINT, seen_t BIGINT, now_ms BIGINT, exact BOOLEAN,<parameters>
  lease_names TEXT[], lease_epochs BIGINT[],
  free_ids TEXT[], read_entities BIGINT[], read_versions INTEGER[], claimed_attributes INTEGER[], claimed_values TEXT[],
  x_command BIGINT[], x_at BIGINT[], x_actor INTEGER[], x_schema INTEGER[], x_type INTEGER[], x_id TEXT[],
  x_correlation TEXT[], x_hashed TEXT[],
  c_n BIGINT[], c_before BIGINT[], c_first INTEGER[], c_last INTEGER[], c_created BIGINT[], c_due BIGINT[], c_expected BIGINT[],
  c_basis BIGINT[], c_type INTEGER[], c_target_type INTEGER[], c_owner INTEGER[], c_attempts INTEGER[],
  c_state INTEGER[], c_id TEXT[], c_target TEXT[], c_parent TEXT[], c_correlation TEXT[], c_occurred TEXT[],
  c_digest TEXT[], c_data TEXT[], c_result TEXT[], c_error TEXT[], c_history TEXT[],
  e_key BIGINT[], e_id TEXT[], e_type INTEGER[], e_created INTEGER[], e_before INTEGER[], e_version INTEGER[],
  v_place BIGINT[], v_entity BIGINT[], v_version INTEGER[], v_type INTEGER[], v_type_version INTEGER[],
  v_rejection INTEGER[], v_kind INTEGER[], v_id TEXT[], v_occurred TEXT[], v_data TEXT[],
  d_place BIGINT[], d_entity BIGINT[], d_document TEXT[],
  ended_at INTEGER[], ended_entity BIGINT[], ended_attribute INTEGER[], ended_value TEXT[],
  begun_at INTEGER[], begun_until INTEGER[], begun_entity BIGINT[], begun_attribute INTEGER[], begun_value TEXT[],
  timer_gone TEXT[], timer_id TEXT[], timer_due BIGINT[], timer_payload TEXT[]
) RETURNS TABLE(before_t BIGINT, before_at BIGINT<columns>)
LANGUAGE plpgsql VOLATILE ${plans} AS $body$
#variable_conflict use_column
DECLARE
  tip_t BIGINT; tip_at BIGINT; tip_hash BYTEA; hex TEXT; is_grown BOOLEAN; is_moved BOOLEAN;
  ms BIGINT; said_ms BIGINT; instant TEXT; ats BIGINT[] := '{}'; hashes BYTEA[] := '{}';
  touched INTEGER; more INTEGER;<variables>
BEGIN
  IF cardinality(lease_names) > 0 THEN
    PERFORM 1 FROM @.leases WHERE name = ANY(lease_names) ORDER BY name FOR SHARE;
    IF EXISTS (SELECT 1 FROM unnest(lease_names, lease_epochs) AS w(name, epoch) WHERE NOT EXISTS (
      SELECT 1 FROM @.leases AS l WHERE l.name = w.name AND l.epoch = w.epoch AND l.holder IS NOT NULL
    )) THEN RETURN; END IF;
  END IF;

  IF cardinality(x_actor) = 0 THEN
    PERFORM pg_advisory_xact_lock_shared(lock # 1);
  ELSE
    -- Whoever waits here sees, from the next statement on, what the one before has committed: if each statement has a
    -- snapshot of its own. And nobody is answered before it is on the disk.
    IF current_setting('transaction_isolation') <> 'read committed' THEN
      RAISE 'Daybook needs transactions that are READ COMMITTED, not %', current_setting('transaction_isolation')
        USING ERRCODE = '25001';
    END IF;
    IF current_setting('synchronous_commit') = 'off' THEN PERFORM set_config('synchronous_commit', 'local', true); END IF;
    PERFORM pg_advisory_xact_lock(lock);<heeding>
  END IF;<end>
  -- Whoever moves a daybook elsewhere says so with both locks in hand: from then on nobody comes past here.
  IF is_moved THEN RAISE 'The daybook in this schema was moved elsewhere' USING ERRCODE = 'DB001'; END IF;

  IF cardinality(x_actor) > 0 AND tip_t <> seen_t THEN
    IF exact THEN RETURN; END IF;
    -- That the ids of new commands and entities are free is seen to by their indexes: if one is not, the insertion fails,
    -- and nothing is written either.
    IF cardinality(array_remove(c_n, NULL)) > 0 THEN
      IF EXISTS (
        SELECT 1 FROM generate_series(1, cardinality(c_n)) AS i CROSS JOIN LATERAL (
          SELECT t FROM @.commands WHERE n = c_n[i] OFFSET 0
        ) AS k WHERE k.t <> c_before[i]
      ) THEN RETURN; END IF;
    END IF;<looks>`
const writeLogWrites = `
    IF cardinality(free_ids) > 0 THEN
      IF EXISTS (SELECT 1 FROM @.entities WHERE id = ANY(free_ids)) THEN RETURN; END IF;
    END IF;
    IF cardinality(read_entities) > 0 THEN
      IF EXISTS (
        SELECT 1 FROM generate_series(1, cardinality(read_entities)) AS i CROSS JOIN LATERAL (
          SELECT version FROM @.entities WHERE key = read_entities[i] OFFSET 0
        ) AS e WHERE e.version <> read_versions[i]
      ) THEN RETURN; END IF;
    END IF;
    IF cardinality(claimed_attributes) > 0 THEN
      IF EXISTS (
        SELECT 1 FROM generate_series(1, cardinality(claimed_attributes)) AS i CROSS JOIN LATERAL (
          SELECT from_t FROM @.vals WHERE attribute = claimed_attributes[i] AND value = claimed_values[i] AND to_t = ${still}
          OFFSET 0
        ) AS v WHERE v.from_t > seen_t
      ) THEN RETURN; END IF;
    END IF;
  END IF;

  -- Schemas that were kept since the last transaction come into force with the next one, whose hash covers them.
  IF is_grown THEN
    hex := hex || coalesce((SELECT string_agg(E'\\n' || version || ' ' || hash || ' ' || schema, '' ORDER BY n)
                              FROM @.schemas WHERE from_t = tip_t + 1), '');
  END IF;

  ms := tip_at;<known>
  FOR i IN 1 .. cardinality(x_actor) LOOP
    ms := coalesce(x_at[i], greatest(ms, now_ms));
    IF ms IS DISTINCT FROM said_ms THEN
      said_ms := ms;
      instant := to_char(timestamp 'epoch' + ms * interval '1 millisecond', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');
    END IF;
    tip_hash := sha256(convert_to(hex || E'\\n[' || (tip_t + i) || ',"' || instant || '",' || x_hashed[i], 'UTF8'));
    hex := encode(tip_hash, 'hex');
    ats[i] := ms;
    hashes[i] := tip_hash;
  END LOOP;<otherwise>

  IF cardinality(e_key) > 0 THEN
    INSERT INTO @.entities(key, created_t, version, type, id)
      SELECT e_key[i], tip_t + e_created[i], e_version[i], e_type[i], e_id[i]
        FROM generate_series(1, cardinality(e_key)) AS i WHERE e_before[i] IS NULL;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched < cardinality(e_key) THEN
      UPDATE @.entities AS o SET version = e.version, type = e.type, created_t = coalesce(o.created_t, tip_t + e.created)
        FROM unnest(e_key, e_type, e_created, e_before, e_version) AS e(key, type, created, before, version)
       WHERE o.key = e.key AND e.before IS NOT NULL AND o.version = e.before;
      GET DIAGNOSTICS more = ROW_COUNT;
      touched := touched + more;
    END IF;
    IF touched <> cardinality(e_key) THEN RAISE 'A stream is not at the version that was seen'; END IF;
  END IF;

  IF cardinality(x_actor) > 0 THEN
    INSERT INTO @.commands(n, t, created_at, updated_at, due, expected_version, basis_t, type, target_type, owner, attempts,
        state, id, target, parent, correlation, occurred_at, digest, data, result, error, history)
      SELECT tip_t + c_first[i], tip_t + c_last[i], c_created[i], ats[c_last[i]], c_due[i], c_expected[i], c_basis[i],
             c_type[i], c_target_type[i], c_owner[i], c_attempts[i], c_state[i], c_id[i], c_target[i], c_parent[i],
             c_correlation[i], c_occurred[i], c_digest[i], c_data[i], c_result[i], c_error[i], c_history[i]
        FROM generate_series(1, cardinality(c_n)) AS i WHERE c_n[i] IS NULL;
    GET DIAGNOSTICS touched = ROW_COUNT;
    IF touched < cardinality(c_n) THEN
      UPDATE @.commands AS k SET t = tip_t + c.last, updated_at = ats[c.last], state = c.state, result = c.result,
             error = c.error, attempts = c.attempts, due = c.due, history = c.history
        FROM unnest(c_n, c_last, c_due, c_attempts, c_state, c_result, c_error, c_history)
          AS c(n, last, due, attempts, state, result, error, history)
       WHERE k.n = c.n;
    END IF;
    INSERT INTO @.transactions(t, at, command, actor, schema_version, command_type, command_id, correlation, hash)
      SELECT tip_t + i, ats[i], CASE WHEN x_command[i] < 0 THEN tip_t - x_command[i] ELSE x_command[i] END, x_actor[i],
             x_schema[i], x_type[i], x_id[i], x_correlation[i], hashes[i]
        FROM generate_series(1, cardinality(x_actor)) AS i;
  END IF;
  IF cardinality(v_place) > 0 THEN
    INSERT INTO @.events(pos, entity, version, type, type_version, rejection, kind, id, occurred_at, data)
      SELECT tip_t * ${places} + v_place[i], v_entity[i], v_version[i], v_type[i], v_type_version[i], v_rejection[i],
             v_kind[i], v_id[i], v_occurred[i], v_data[i]
        FROM generate_series(1, cardinality(v_place)) AS i;
  END IF;
  IF cardinality(d_place) > 0 THEN
    INSERT INTO @.versions(pos, entity, document)
      SELECT tip_t * ${places} + d_place[i], d_entity[i], d_document[i]
        FROM generate_series(1, cardinality(d_place)) AS i;
  END IF;
  IF cardinality(ended_at) > 0 THEN
    UPDATE @.vals AS v SET to_t = tip_t + o.at
      FROM unnest(ended_at, ended_entity, ended_attribute, ended_value) AS o(at, entity, attribute, value)
     WHERE v.attribute = o.attribute AND v.value = o.value AND v.to_t = ${still} AND v.entity = o.entity;
  END IF;
  IF cardinality(begun_at) > 0 THEN
    INSERT INTO @.vals(entity, from_t, to_t, attribute, value)
      SELECT b.entity, tip_t + b.at, coalesce(tip_t + b.until, ${still}), b.attribute, b.value
        FROM unnest(begun_at, begun_until, begun_entity, begun_attribute, begun_value)
          AS b(at, until, entity, attribute, value)
      ON CONFLICT DO NOTHING;
  END IF;
  IF cardinality(timer_gone) > 0 THEN DELETE FROM @.timers WHERE id = ANY(timer_gone); END IF;
  IF cardinality(timer_id) > 0 THEN
    INSERT INTO @.timers(id, due, payload) SELECT * FROM unnest(timer_id, timer_due, timer_payload)
      ON CONFLICT (id) DO UPDATE SET due = excluded.due, payload = excluded.payload;
  END IF;

  INSERT INTO @.batches(id, t, at, made) VALUES(batch, tip_t, tip_at, now());
  RETURN QUERY SELECT tip_t, tip_at<values>;
END $body$;
`

/** The text of one number of the function that writes the log. */
export function writeLog({ create, number, looks, others, mayKnow = false }: Edition): string {
  const compared = others === "compared"
  const heeding = { unheeded: "", outwaited: waitsOut, compared: compares(mayKnow ? ", NULL::bigint, NULL::text" : "") }
  const said: Readonly<Record<string, string>> = {
    create,
    number: String(number),
    looks,
    heeding: heeding[others],
    parameters: (compared ? " me BIGINT, waited BIGINT," : "") + (mayKnow ? knownParameters : ""),
    columns: (compared ? ", alone TEXT" : "") + (mayKnow ? ", newest_at BIGINT, newest_hash TEXT" : ""),
    values: (compared ? ", NULL::text" : "") + (mayKnow ? ", ms, hex" : ""),
    end: mayKnow ? looksForAllAtOnce : looksForEnd,
    known: mayKnow ? ifNotKnown : "",
    otherwise: mayKnow ? "\n  END IF;" : "",
    variables: others === "unheeded" ? "" : " held BIGINT;",
  }
  return (writeLogLooks + writeLogWrites).replaceAll(/<([a-z]+)>/g, (_, name: string) => said[name]!)
}
