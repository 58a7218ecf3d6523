-- want: DESC NULLS LAST
-- want: text_pattern_ops
-- want: INCLUDE (e)
-- want: WHERE
-- want: jsonb_path_ops
-- want: fastupdate=off
-- want: USING hash
CREATE TABLE t (a int, b text, c jsonb, d tsvector, e int);
CREATE UNIQUE INDEX u ON t (a DESC NULLS LAST, lower(b) text_pattern_ops) INCLUDE (e) WHERE a > 0 AND b <> ';';
CREATE INDEX gin ON t USING gin (c jsonb_path_ops);
CREATE INDEX gin2 ON t USING gin (d) WITH (fastupdate = off);
CREATE INDEX brin ON t USING brin (a) WITH (pages_per_range = 16);
CREATE INDEX hash ON t USING hash (b);
CREATE INDEX "odd index" ON t ((a + e), (c ->> 'x') COLLATE "C");
