-- want: SET COMPRESSION pglz -- needs: 14
-- want: SET (n_distinct=5)
-- want: toast.autovacuum_enabled=off
CREATE TABLE comp (a text, b text);
ALTER TABLE comp ALTER COLUMN a SET COMPRESSION pglz; -- needs: 14
ALTER TABLE comp ALTER COLUMN b SET (n_distinct = 5);
CREATE TABLE toasty (a text) WITH (toast.autovacuum_enabled = off, fillfactor = 50);
CREATE TABLE toast_only (a text) WITH (toast.autovacuum_enabled = off);
CREATE MATERIALIZED VIEW mv WITH (fillfactor = 70) AS SELECT a FROM comp;
CREATE UNIQUE INDEX mv_a ON mv (a);
ALTER MATERIALIZED VIEW mv ALTER COLUMN a SET STATISTICS 7;
