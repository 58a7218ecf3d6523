-- want: TABLE t
-- want: INDEX i
CREATE TABLE main.t (a);
CREATE INDEX main.i ON t (a);
CREATE VIEW main.v AS SELECT a FROM main.t;
CREATE TRIGGER main.g AFTER INSERT ON t BEGIN SELECT 1; END;
