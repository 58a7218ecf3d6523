-- want: what a row is; really
-- want: /* of the body */
CREATE TABLE t ( -- what a row is; really
  a INT, /* one; 'two' */ b INT -- the last
);
CREATE VIEW v /* a view */ AS SELECT a -- of a
  FROM t;
CREATE TRIGGER g AFTER INSERT ON t BEGIN /* of the body */ SELECT 1; -- END;
END /* at the end */;
