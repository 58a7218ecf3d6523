-- want: VALUES
-- want: LEFT JOIN
CREATE TABLE t (a, b);
CREATE VIEW pairs (l, r) AS VALUES (1, 'x;'), (2, NULL);
CREATE VIEW joined AS SELECT * FROM t LEFT JOIN pairs AS p ON p.l = t.a CROSS JOIN (SELECT max(b) AS m FROM t) NATURAL JOIN t AS o
  WHERE EXISTS (SELECT 1 FROM t AS i WHERE i.a = t.b) EXCEPT SELECT 1, 2, 3, 4, 5;
