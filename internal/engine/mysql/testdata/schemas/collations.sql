-- want: utf8mb4_swedish_ci
-- want: utf8mb4_bin
CREATE TABLE a (x VARCHAR(5)) COLLATE utf8mb4_swedish_ci;
CREATE TABLE b (x VARCHAR(5) COLLATE utf8mb4_bin, y VARCHAR(5)) CHARSET utf8mb3;
CREATE TABLE c (x VARCHAR(5)) CHARSET binary;
