-- want: "b is more"
-- want: NO INHERIT
-- want: NOT VALID
CREATE TABLE c (a int NOT NULL CHECK (a > 0), b int, CONSTRAINT "b is more" CHECK (b > a), CONSTRAINT later CHECK (b < 100) NO INHERIT);
ALTER TABLE c ADD CONSTRAINT unsure CHECK (a <> 7) NOT VALID;
