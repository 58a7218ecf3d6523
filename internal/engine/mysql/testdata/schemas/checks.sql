-- want: CONSTRAINT `odd check` CHECK
CREATE TABLE c (a INT CHECK (a > 0), b INT, CONSTRAINT `odd check` CHECK (b > a AND b <> 7), CONSTRAINT t CHECK (a IN (1, 2, 3) OR b LIKE '%;%'));
