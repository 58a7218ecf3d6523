-- want: FULLTEXT KEY `words`
-- want: `b`(5) DESC
-- want: IGNORED
-- want: COMMENT 'it''s; x'
-- want: PRIMARY KEY (`a`,`d`)
CREATE TABLE k (a INT, b VARCHAR(100), c TEXT, d INT, PRIMARY KEY (a, d), UNIQUE KEY `u` (b), KEY part (c(10), b(5) DESC), KEY (d), FULLTEXT KEY words (c), KEY hidden (d) COMMENT 'it''s; x' IGNORED);
