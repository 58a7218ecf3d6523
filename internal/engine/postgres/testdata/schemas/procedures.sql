-- want: PROCEDURE public.note
-- want: INOUT n integer
CREATE TABLE log (at timestamptz, what text);
CREATE PROCEDURE note(what text, INOUT n int DEFAULT 0) LANGUAGE plpgsql AS $$ BEGIN INSERT INTO log VALUES (now(), what); n := n + 1; END $$;
CREATE PROCEDURE twice(what text) LANGUAGE sql BEGIN ATOMIC INSERT INTO log VALUES (now(), what); INSERT INTO log VALUES (now(), what); END; -- needs: 14
