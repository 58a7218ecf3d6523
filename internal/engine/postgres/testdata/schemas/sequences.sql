-- want: INCREMENT BY -2
-- want: MINVALUE -1000
-- want: MAXVALUE -1
-- want: START WITH -5
-- want: CACHE 10
-- want: CYCLE
-- want: AS integer
-- want: OWNED BY public.t.id
CREATE SEQUENCE plain;
CREATE SEQUENCE full_options AS integer INCREMENT BY -2 MINVALUE -1000 MAXVALUE -1 START WITH -5 CACHE 10 CYCLE;
CREATE SEQUENCE small AS smallint MAXVALUE 99;
CREATE TABLE t (id bigint DEFAULT nextval('plain'));
ALTER SEQUENCE plain OWNED BY t.id;
