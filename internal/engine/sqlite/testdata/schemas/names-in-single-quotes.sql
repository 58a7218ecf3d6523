-- want: 'table one'
CREATE TABLE 'table one' ('a b' INTEGER PRIMARY KEY, 'c' TEXT);
CREATE INDEX 'index one' ON 'table one' ('c');
