-- want: security_barrier=true
-- want: check_option=local
-- want: WITH RECURSIVE
-- want: "The Id"
-- want: SET DEFAULT 'new'
CREATE TABLE t (id int PRIMARY KEY, name text, at timestamptz);
CREATE VIEW z AS SELECT id, name FROM t WHERE name <> 'x;y';
CREATE VIEW a AS SELECT z.id AS "The Id", count(*) OVER (PARTITION BY name) FROM z;
CREATE VIEW checked WITH (security_barrier = true) AS SELECT * FROM t WHERE id > 0 WITH LOCAL CHECK OPTION;
CREATE VIEW grouped AS SELECT id, name, max(at) FROM t GROUP BY id;
CREATE RECURSIVE VIEW numbers (n) AS VALUES (1) UNION ALL SELECT n + 1 FROM numbers WHERE n < 10;
ALTER VIEW z ALTER COLUMN name SET DEFAULT 'new';
