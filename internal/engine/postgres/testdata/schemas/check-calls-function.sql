CREATE FUNCTION is_good(a int) RETURNS boolean LANGUAGE sql IMMUTABLE AS 'SELECT a % 2 = 0';
CREATE TABLE t (a int CHECK (is_good(a)));
CREATE INDEX i ON t (is_good(a));
