-- want: WHERE deleted IS NULL
-- want: WHERE state IN ('new', 'open;')
CREATE TABLE t (id INTEGER PRIMARY KEY, state TEXT, deleted TEXT);
CREATE UNIQUE INDEX living ON t (state) WHERE deleted IS NULL;
CREATE INDEX some ON t (id) WHERE state IN ('new', 'open;') AND id > 10;
