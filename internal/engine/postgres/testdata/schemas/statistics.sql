-- want: CREATE STATISTICS public.st (ndistinct, dependencies)
-- want: SET STATISTICS 500
-- want: COMMENT ON STATISTICS
CREATE TABLE t (a int, b int, c int);
CREATE STATISTICS st (dependencies, ndistinct) ON a, b FROM t;
CREATE STATISTICS ex ON (a + b), c FROM t; -- needs: 14
COMMENT ON STATISTICS st IS 'together';
ALTER TABLE t ALTER COLUMN a SET STATISTICS 500;
