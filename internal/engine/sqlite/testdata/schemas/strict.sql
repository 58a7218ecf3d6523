-- want: STRICT
-- want: ANY
CREATE TABLE measure (id INTEGER PRIMARY KEY, value REAL NOT NULL, note TEXT, raw BLOB, any_of ANY) STRICT;
