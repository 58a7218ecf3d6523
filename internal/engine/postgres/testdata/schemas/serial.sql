CREATE TABLE s (id serial PRIMARY KEY, big bigserial, small smallserial);
CREATE TABLE t (id int DEFAULT nextval('s_id_seq'));
