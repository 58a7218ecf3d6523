-- want: STORED
-- want: VIRTUAL
-- want: INVISIBLE
CREATE TABLE g (w INT, h INT, area INT AS (w * h) STORED, label VARCHAR(50) AS (CONCAT('w', w, ';')) VIRTUAL, INDEX (area), hid INT INVISIBLE DEFAULT 3);
