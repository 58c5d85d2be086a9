// Columns come as arrays, and are read by their places: to unnest twenty of them side by side took longer than to write
// a row. Plans are made once, when the tables may still be empty, and are kept. So nothing is left to be chosen: each row that
// is looked for is found by its index, one after the other.
/** The settings of each function of the database. */
export const plans = `SET plan_cache_mode = force_generic_plan
  SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
  SET enable_material = off SET jit = off`
