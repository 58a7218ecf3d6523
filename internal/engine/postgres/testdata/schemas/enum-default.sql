CREATE TYPE state AS ENUM ('open', 'closed');
CREATE TABLE t (s state DEFAULT 'open' NOT NULL, CHECK (s <> 'closed' OR s IS NULL));
CREATE FUNCTION opposite(s state) RETURNS state LANGUAGE sql AS $$ SELECT 'open'::state $$;
