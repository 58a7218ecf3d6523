-- want: lower(name)
-- want: ->> '$.city'
CREATE TABLE t (name TEXT, doc TEXT, a INTEGER, b INTEGER);
CREATE INDEX i1 ON t (lower(name), a + b DESC);
CREATE INDEX i2 ON t (doc ->> '$.city') WHERE json_valid(doc);
CREATE INDEX i3 ON t (CASE WHEN a > b THEN a ELSE b END);
