-- want: WINDOW
CREATE FUNCTION my_rank() RETURNS bigint LANGUAGE internal WINDOW AS 'window_rank';
CREATE TABLE t (a int);
CREATE VIEW v AS SELECT a, my_rank() OVER (ORDER BY a) FROM t;
