-- want: CREATE AGGREGATE public.total(integer)
-- want: INITCOND = '0'
-- want: PARALLEL = SAFE
-- want: textcat
CREATE FUNCTION add_up(s bigint, x int) RETURNS bigint LANGUAGE sql IMMUTABLE AS 'SELECT coalesce(s, 0) + x';
CREATE AGGREGATE total(int) (SFUNC = add_up, STYPE = bigint, INITCOND = '0', PARALLEL = SAFE);
CREATE AGGREGATE longest(text) (SFUNC = textcat, STYPE = text);
CREATE VIEW totals AS SELECT total(x) FROM generate_series(1, 3) AS x;
