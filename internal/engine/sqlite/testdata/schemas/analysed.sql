-- want: CREATE INDEX i
CREATE TABLE t (a, b);
CREATE INDEX i ON t (a, b);
INSERT INTO t VALUES (1, 2), (1, 3), (2, 2);
ANALYZE;
PRAGMA optimize;
