-- want: price REAL NOT NULL
CREATE TABLE item (id INTEGER PRIMARY KEY, price TEXT);
CREATE INDEX item_price ON item (price);
CREATE TABLE line (item REFERENCES item (id) ON DELETE CASCADE);
CREATE VIEW cheap AS SELECT id FROM item WHERE price < 1;
PRAGMA legacy_alter_table = ON;
CREATE TABLE item_new (id INTEGER PRIMARY KEY, price REAL NOT NULL DEFAULT 0);
INSERT INTO item_new SELECT id, price FROM item;
DROP TABLE item;
ALTER TABLE item_new RENAME TO item;
CREATE INDEX item_price ON item (price);
