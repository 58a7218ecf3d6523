-- want: ORDER BY double precision
-- want: HYPOTHETICAL
-- want: MSFUNC = 
-- want: SORTOP = 
-- want: FINALFUNC_MODIFY = SHAREABLE
CREATE AGGREGATE pct(float8 ORDER BY float8) (SFUNC = float8pl, STYPE = float8, INITCOND = '0');
CREATE AGGREGATE my_rank(VARIADIC "any" ORDER BY VARIADIC "any") (SFUNC = ordered_set_transition_multi, STYPE = internal,
  FINALFUNC = rank_final, FINALFUNC_EXTRA, HYPOTHETICAL);
CREATE AGGREGATE my_sum(int) (SFUNC = int4_avg_accum, STYPE = int8[], FINALFUNC = int2int4_sum, FINALFUNC_MODIFY = SHAREABLE, INITCOND = '{0,0}', MSFUNC = int4_avg_accum,
  MINVFUNC = int4_avg_accum_inv, MSTYPE = int8[], MFINALFUNC = int2int4_sum, MINITCOND = '{0,0}', COMBINEFUNC = int4_avg_combine, PARALLEL = SAFE);
CREATE AGGREGATE my_max(int) (SFUNC = int4larger, STYPE = int, SORTOP = >);
CREATE AGGREGATE my_avg(numeric) (SFUNC = numeric_avg_accum, STYPE = internal, FINALFUNC = numeric_avg, COMBINEFUNC = numeric_avg_combine,
  SERIALFUNC = numeric_avg_serialize, DESERIALFUNC = numeric_avg_deserialize, SSPACE = 128);
