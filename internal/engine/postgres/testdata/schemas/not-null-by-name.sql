-- want: CONSTRAINT "must be" NOT NULL -- needs: 18
-- want: NO INHERIT -- needs: 18
-- want: NOT VALID -- needs: 18
-- want: CONSTRAINT here NOT NULL -- needs: 17
-- want: not a moment -- needs: 18
CREATE TABLE plain (a int NOT NULL, b int NOT NULL, c int);
ALTER TABLE plain RENAME COLUMN b TO "größe";
CREATE TABLE named (a int CONSTRAINT "must be" NOT NULL, b text);
CREATE TABLE heir (c int) INHERITS (named);
CREATE TABLE own (a int NOT NULL, d int) INHERITS (named);
CREATE TABLE strict_heir (CONSTRAINT mine NOT NULL a) INHERITS (plain); -- needs: 18
CREATE TABLE alone (a int CONSTRAINT lonely NOT NULL NO INHERIT); -- needs: 18
CREATE TABLE later (a int, b int); -- needs: 18
ALTER TABLE later ADD CONSTRAINT unseen NOT NULL a NOT VALID; -- needs: 18
COMMENT ON CONSTRAINT "must be" ON named IS 'not a moment'; -- needs: 18
CREATE DOMAIN kept AS int CONSTRAINT here NOT NULL;
CREATE TABLE parts (a int CONSTRAINT whole NOT NULL, b int NOT NULL) PARTITION BY LIST (a);
CREATE TABLE part_one PARTITION OF parts FOR VALUES IN (1);
