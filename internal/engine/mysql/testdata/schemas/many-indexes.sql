CREATE TABLE a (a INT, b INT, c INT, d INT, UNIQUE (a, b), UNIQUE (b), KEY (c, d), KEY (d, c), KEY (a), KEY long_name (a, b, c, d));
CREATE INDEX late ON a (b, d);
DROP INDEX c ON a;
