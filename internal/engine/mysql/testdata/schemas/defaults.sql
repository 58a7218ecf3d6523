-- want: 'it''s; -- #'
-- want: 1 + 2 * 3 -- needs: mariadb
-- want: (1 + (2 * 3)) -- needs: mysql
-- want: uuid()
-- want: 00ff270a5c -- needs: mariadb
CREATE TABLE d (a INT DEFAULT 1, b VARCHAR(20) DEFAULT 'it''s; -- #', c VARCHAR(9) DEFAULT '\\', d INT NOT NULL DEFAULT (1 + 2 * 3), e TEXT DEFAULT ('text'),
  f VARCHAR(40) DEFAULT (CONCAT('a', UUID())), g BIT(4) DEFAULT b'0101', h VARBINARY(9) DEFAULT x'00ff270a5c', i INT DEFAULT NULL);
