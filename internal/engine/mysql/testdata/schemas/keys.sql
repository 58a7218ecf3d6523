CREATE TABLE k (a INT, b VARCHAR(100), c TEXT, d INT, PRIMARY KEY (a, d), UNIQUE KEY `u` (b), KEY part (c(10), b(5) DESC), KEY (d), FULLTEXT KEY words (c), KEY hidden (d) COMMENT 'it''s; x' IGNORED);
