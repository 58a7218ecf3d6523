-- want: CREATE TABLE copy
CREATE TABLE t (a INTEGER, b TEXT, c DECIMAL(9, 2));
CREATE TABLE copy AS SELECT a, b AS "the b", c * 2 AS double, NULL AS empty FROM t;
CREATE TABLE IF NOT EXISTS values_of AS VALUES (1, 'a');
