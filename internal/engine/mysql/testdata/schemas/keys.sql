-- want: FULLTEXT KEY `words`
-- want: `b`(5) DESC
-- want: IGNORED -- needs: mariadb
-- want: INVISIBLE -- needs: mysql
-- want: COMMENT 'it''s; x'
-- want: PRIMARY KEY (`a`,`d`)
CREATE TABLE k (a INT, b VARCHAR(100), c TEXT, d INT, PRIMARY KEY (a, d), UNIQUE KEY `u` (b), KEY part (c(10), b(5) DESC), KEY (d), FULLTEXT KEY words (c));
ALTER TABLE k ADD KEY hidden (d) COMMENT 'it''s; x' IGNORED; -- needs: mariadb
ALTER TABLE k ADD KEY hidden (d) COMMENT 'it''s; x' INVISIBLE; -- needs: mysql
