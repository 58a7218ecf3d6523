-- want: CHARACTER SET latin1 -- needs: mariadb
-- want: COLLATE latin1_swedish_ci
-- want: utf8mb4_unicode_ci
CREATE TABLE s (a CHAR(3), b VARCHAR(200), c TINYTEXT, d TEXT, e MEDIUMTEXT, f LONGTEXT, g BINARY(4), h VARBINARY(20), i BLOB, j LONGBLOB,
  k VARCHAR(9) CHARACTER SET latin1, l TEXT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin, m CHAR(1) COLLATE utf8mb4_unicode_ci);
