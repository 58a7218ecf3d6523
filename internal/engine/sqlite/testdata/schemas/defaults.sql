-- want: DEFAULT (lower(hex(randomblob(16))))
-- want: CURRENT_TIMESTAMP
-- want: X'00ff'
-- want: 'it''s; --'
CREATE TABLE t (id TEXT DEFAULT (lower(hex(randomblob(16)))), at TEXT DEFAULT CURRENT_TIMESTAMP, day TEXT DEFAULT CURRENT_DATE,
  hour TEXT DEFAULT CURRENT_TIME, n INTEGER DEFAULT -1, plus REAL DEFAULT +1.5e-3, big DEFAULT 0xFF, nil DEFAULT NULL, yes DEFAULT TRUE,
  raw BLOB DEFAULT X'00ff', s TEXT DEFAULT 'it''s; --', d TEXT DEFAULT "double", j TEXT DEFAULT (json_array(1, 2)));
