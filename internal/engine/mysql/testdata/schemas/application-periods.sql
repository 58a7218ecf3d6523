-- needs: mariadb
-- want: PERIOD FOR `stay`
-- want: WITHOUT OVERLAPS
CREATE TABLE b (room INT, f DATE, t DATE, PERIOD FOR stay (f, t), UNIQUE (room, stay WITHOUT OVERLAPS));
