import { plans } from "./function-plans.ts"

// What the sequence `alone` says, from the highest bit on: how often anybody came to be alone or ceased to be it, 30 bits;
// for how many milliseconds at a time, 12; whether another process has come since, so that this is not prolonged, 1; and
// the number of the process, 20, or 0. Whoever changes it holds the lock of the log.
const holder = "(held & 1048575)"
const wished = "(held | 1048576)"
const nextTime = "(((held >> 33) + 1) & 1073741823) << 33"

/**
 * What a commit does where another process is alone: nothing, but to say so. Only whoever has waited that out comes past:
 * `waited` is what was found when the waiting began. `more` stands for the columns that tell nothing then.
 */
export const compares = (more: string) => `
    SELECT last_value INTO held FROM @.alone;
    IF ${holder} NOT IN (0, me) THEN
      IF ${wished} <> waited THEN
        PERFORM setval('@.alone', ${wished});
        RETURN QUERY SELECT NULL::bigint, NULL::bigint, ${wished}::text${more};
        RETURN;
      END IF;
      PERFORM setval('@.alone', ${nextTime});
    END IF;`

/**
 * The same for programs that do not know how to wait: it is done in their place. In pieces, since the time of a server may
 * be set while somebody sleeps.
 */
export const waitsOut = `
    SELECT last_value INTO held FROM @.alone;
    IF ${holder} <> 0 THEN
      FOR i IN 1 .. 11 LOOP PERFORM pg_sleep(((held >> 21) & 4095) / 10000.0 + 0.001); END LOOP;
      PERFORM setval('@.alone', ${nextTime});
    END IF;`

/**
 * Comes to be alone for `ms` milliseconds, or stays it, and tells what it came to and the newest t; with 0 milliseconds, ceases
 * to be it. Where another is alone, or has asked for the end of it, it tells what is there, and no t.
 */
export const beAlone = `
CREATE FUNCTION @.be_alone_1(lock BIGINT, me BIGINT, ms BIGINT, waited BIGINT) RETURNS TABLE(alone TEXT, newest BIGINT)
LANGUAGE plpgsql VOLATILE ${plans} AS $body$
DECLARE
  held BIGINT;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE 'Daybook needs transactions that are READ COMMITTED, not %', current_setting('transaction_isolation')
      USING ERRCODE = '25001';
  END IF;
  -- If the server forgot it in a crash, others would be let past.
  IF current_setting('synchronous_commit') = 'off' THEN PERFORM set_config('synchronous_commit', 'local', true); END IF;
  PERFORM pg_advisory_xact_lock(lock);
  SELECT last_value INTO held FROM @.alone;
  IF ms = 0 THEN
    IF ${holder} = me THEN PERFORM setval('@.alone', ${nextTime}); END IF;
    RETURN;
  END IF;
  IF (${holder} NOT IN (0, me) AND ${wished} <> waited) OR (${holder} = me AND held = ${wished}) THEN
    RETURN QUERY SELECT held::text, NULL::bigint;
    RETURN;
  END IF;
  held := ${nextTime} | (ms << 21) | me;
  PERFORM setval('@.alone', held);
  RETURN QUERY SELECT held::text, coalesce((SELECT t FROM @.transactions ORDER BY t DESC LIMIT 1), 0);
END $body$;
`
