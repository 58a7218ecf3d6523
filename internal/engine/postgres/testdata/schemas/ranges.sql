-- want: SUBTYPE_DIFF = 
-- want: COLLATION = 
CREATE TYPE float_range AS RANGE (SUBTYPE = float8, SUBTYPE_DIFF = float8mi);
CREATE TYPE text_range AS RANGE (SUBTYPE = text, COLLATION = "C");
CREATE TABLE t (r float_range, s text_range);
