-- want: COMMENT ON SCHEMA s
-- want: COMMENT ON TABLE s."T"
-- want: COMMENT ON COLUMN s."T".id
-- want: COMMENT ON CONSTRAINT positive
-- want: COMMENT ON INDEX s.i
-- want: COMMENT ON INDEX s."T_pkey"
-- want: COMMENT ON VIEW s.v
-- want: COMMENT ON COLUMN s.v.x
-- want: COMMENT ON MATERIALIZED VIEW s.m
-- want: COMMENT ON SEQUENCE s.q
-- want: COMMENT ON FUNCTION s.f(
-- want: COMMENT ON PROCEDURE s.p(
-- want: COMMENT ON TRIGGER tr
-- want: COMMENT ON TYPE s.e
-- want: COMMENT ON AGGREGATE s.agg(
CREATE SCHEMA s;
CREATE TABLE s."T" (id int PRIMARY KEY, CONSTRAINT positive CHECK (id > 0));
CREATE INDEX i ON s."T" (id);
CREATE VIEW s.v AS SELECT 1 AS x;
CREATE MATERIALIZED VIEW s.m AS SELECT 1 AS x;
CREATE SEQUENCE s.q;
CREATE FUNCTION s.f(a int, b text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE PROCEDURE s.p(a int) LANGUAGE sql AS '';
CREATE FUNCTION s.t() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER tr BEFORE INSERT ON s."T" FOR EACH ROW EXECUTE FUNCTION s.t();
CREATE TYPE s.e AS ENUM ('a');
CREATE AGGREGATE s.agg(text) (SFUNC = textcat, STYPE = text);
COMMENT ON SCHEMA s IS 'a schema; it''s ours';
COMMENT ON TABLE s."T" IS 'Grüße 東京';
COMMENT ON COLUMN s."T".id IS E'two\nlines \\';
COMMENT ON CONSTRAINT positive ON s."T" IS 'check';
COMMENT ON CONSTRAINT "T_pkey" ON s."T" IS 'key';
COMMENT ON INDEX s.i IS 'index';
COMMENT ON INDEX s."T_pkey" IS 'index of the key';
COMMENT ON VIEW s.v IS 'view';
COMMENT ON COLUMN s.v.x IS 'of the view';
COMMENT ON MATERIALIZED VIEW s.m IS 'mat';
COMMENT ON SEQUENCE s.q IS 'seq';
COMMENT ON FUNCTION s.f(int, text) IS 'function';
COMMENT ON PROCEDURE s.p(int) IS 'procedure';
COMMENT ON TRIGGER tr ON s."T" IS 'trigger';
COMMENT ON TYPE s.e IS 'type';
COMMENT ON AGGREGATE s.agg(text) IS 'aggregate';
