-- want: MULTIRANGE_TYPE_NAME = public."many floats" -- needs: 14
-- want: SUBTYPE_OPCLASS = pg_catalog.text_pattern_ops
CREATE TYPE float_r AS RANGE (SUBTYPE = float8, MULTIRANGE_TYPE_NAME = "many floats"); -- needs: 14
CREATE TYPE pattern_r AS RANGE (SUBTYPE = text, SUBTYPE_OPCLASS = text_pattern_ops);
CREATE TABLE r (a "many floats", b float_r[]); -- needs: 14
CREATE FUNCTION a_first(x "many floats") RETURNS int LANGUAGE sql AS 'SELECT 1'; -- needs: 14
GRANT USAGE ON TYPE float_r TO reader; -- needs: 14
