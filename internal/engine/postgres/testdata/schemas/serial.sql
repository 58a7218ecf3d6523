-- want: nextval('public.s_id_seq'::regclass)
-- want: OWNED BY public.s.id
-- want: AS smallint
CREATE TABLE s (id serial PRIMARY KEY, big bigserial, small smallserial);
CREATE TABLE t (id int DEFAULT nextval('s_id_seq'));
