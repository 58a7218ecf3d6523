CREATE TABLE t (a int, b int, c text[]);
CREATE VIEW v AS WITH x AS (SELECT a, sum(b) AS s FROM t GROUP BY GROUPING SETS ((a), ()) HAVING sum(b) > 1)
  SELECT x.*, u.ordinality, CASE WHEN x.s IS NULL THEN 'none' ELSE x.s::text END AS label, (SELECT max(b) FROM t) AS top
  FROM x LEFT JOIN t USING (a) CROSS JOIN LATERAL unnest(t.c) WITH ORDINALITY AS u (one) WHERE EXISTS (SELECT FROM t AS t2 WHERE t2.a = x.a)
  UNION SELECT 1, 2, 3, 'x', 4 ORDER BY 1 LIMIT 5;
