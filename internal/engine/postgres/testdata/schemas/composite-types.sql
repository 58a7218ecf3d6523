-- want: a integer
-- want: public.z_pair[]
-- want: COMMENT ON COLUMN public.z_pair.a
CREATE TYPE z_pair AS (a int, b text COLLATE "C");
CREATE TYPE a_pairs AS (first z_pair, others z_pair[]);
CREATE TABLE t (p a_pairs);
CREATE FUNCTION make(x z_pair) RETURNS a_pairs LANGUAGE sql AS 'SELECT NULL::a_pairs';
COMMENT ON TYPE z_pair IS 'two';
COMMENT ON COLUMN z_pair.a IS 'first';
