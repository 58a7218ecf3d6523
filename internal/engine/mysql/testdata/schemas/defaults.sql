-- want: 'it''s; -- #'
-- want: 1 + 2 * 3
-- want: uuid()
CREATE TABLE d (a INT DEFAULT 1, b VARCHAR(20) DEFAULT 'it''s; -- #', c VARCHAR(9) DEFAULT '\\', d INT NOT NULL DEFAULT (1 + 2 * 3), e TEXT DEFAULT 'text',
  f VARCHAR(40) DEFAULT (CONCAT('a', UUID())), g BIT(4) DEFAULT b'0101', h BLOB DEFAULT x'00ff', i INT DEFAULT NULL);
