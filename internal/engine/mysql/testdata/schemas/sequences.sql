-- needs: mariadb
-- want: increment by -5
-- want: start with 100
-- want: cache 7
-- want: cycle
-- want: nextval(`plain`)
CREATE SEQUENCE plain;
CREATE SEQUENCE full_options START WITH 100 INCREMENT BY -5 MINVALUE -1000 MAXVALUE 200 CACHE 7 CYCLE;
CREATE TABLE t (id BIGINT DEFAULT (NEXT VALUE FOR plain));
CREATE TABLE u (id BIGINT DEFAULT NEXTVAL(plain), v INT);
