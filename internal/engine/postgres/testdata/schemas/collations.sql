-- want: COLLATE pg_catalog."POSIX"
CREATE TABLE t (a text COLLATE "C", b varchar(10) COLLATE "POSIX", c text);
CREATE INDEX i ON t (c COLLATE "C");
