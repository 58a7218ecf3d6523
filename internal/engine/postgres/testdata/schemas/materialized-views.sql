-- want: CREATE MATERIALIZED VIEW public.m
-- want: CREATE UNIQUE INDEX m_id
-- want: fillfactor=70
CREATE TABLE t (id int, v int);
CREATE MATERIALIZED VIEW m AS SELECT id, sum(v) AS total FROM t GROUP BY id;
CREATE UNIQUE INDEX m_id ON m (id);
CREATE VIEW on_top AS SELECT * FROM m;
CREATE MATERIALIZED VIEW second WITH (fillfactor = 70) AS SELECT * FROM on_top;
