-- want: NOT NULL
-- want: CONSTRAINT has_at CHECK
-- want: COLLATE pg_catalog."C"
-- want: COMMENT ON CONSTRAINT has_at ON DOMAIN
CREATE DOMAIN positive AS int DEFAULT 1 NOT NULL CHECK (VALUE > 0);
CREATE DOMAIN email AS text COLLATE "C" CONSTRAINT has_at CHECK (VALUE LIKE '%@%') CONSTRAINT short CHECK (length(VALUE) < 100);
CREATE DOMAIN work_email AS email CHECK (VALUE LIKE '%@work');
CREATE TABLE t (p positive, e work_email);
COMMENT ON DOMAIN email IS 'with an @';
COMMENT ON CONSTRAINT has_at ON DOMAIN email IS 'the @';
