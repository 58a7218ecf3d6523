-- want: VIRTUAL
-- want: STORED
CREATE TABLE item (price REAL, count INTEGER,
  total REAL GENERATED ALWAYS AS (price * count) STORED,
  label TEXT AS ('n' || count) VIRTUAL, short AS (substr(label, 1, 2)));
CREATE INDEX item_total ON item (total);
