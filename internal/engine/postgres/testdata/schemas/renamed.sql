-- want: moved.second
-- want: second_key
CREATE TABLE first (id serial PRIMARY KEY, v int UNIQUE);
CREATE VIEW look AS SELECT id, v FROM first;
CREATE INDEX ix ON first (v);
ALTER TABLE first RENAME TO second;
ALTER TABLE second RENAME COLUMN v TO w;
ALTER INDEX ix RENAME TO iy;
ALTER TABLE second RENAME CONSTRAINT first_pkey TO second_key;
CREATE SCHEMA moved;
ALTER TABLE second SET SCHEMA moved;
