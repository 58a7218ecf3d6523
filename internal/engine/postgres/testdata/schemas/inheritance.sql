-- want: INHERITS (public.z_base, public.a_child)
-- want: SET DEFAULT 9
CREATE TABLE z_base (id int DEFAULT 1 CHECK (id > 0), name text);
CREATE TABLE a_child (extra int DEFAULT 5) INHERITS (z_base);
CREATE TABLE two (own int, CHECK (own > 1)) INHERITS (z_base, a_child);
ALTER TABLE a_child ALTER COLUMN id SET DEFAULT 9;
