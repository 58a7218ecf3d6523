-- want: DECIMAL(10, 2)
-- want: UNSIGNED BIG INT
-- want: "a type"
CREATE TABLE t (a DECIMAL(10, 2), b UNSIGNED BIG INT, c VARCHAR(255), d NATIVE CHARACTER(70), e, f "a type", g [another one], h DOUBLE PRECISION, i BOOLEAN);
