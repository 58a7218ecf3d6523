-- want: 'it''s'
-- want: 'c;d'''
-- want: 'Grün'
CREATE TABLE e (a ENUM('x', 'it''s', ';', 'Grün', '') NOT NULL DEFAULT 'x', b SET('a', 'b', 'c;d'' '), c ENUM('A') CHARACTER SET latin1);
