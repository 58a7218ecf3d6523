-- want: UNLOGGED
-- want: fillfactor=70
-- want: SET STORAGE EXTERNAL
-- want: REPLICA IDENTITY FULL
CREATE UNLOGGED TABLE u (a int);
CREATE TABLE w (a text, b text) WITH (fillfactor = 70, autovacuum_enabled = false);
ALTER TABLE w ALTER COLUMN a SET STORAGE EXTERNAL;
ALTER TABLE w REPLICA IDENTITY FULL;
CREATE TABLE empty ();
