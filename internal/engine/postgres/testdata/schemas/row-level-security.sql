-- want: ENABLE ROW LEVEL SECURITY
-- want: FORCE ROW LEVEL SECURITY
-- want: AS RESTRICTIVE FOR INSERT
-- want: TO "odd role", reader
-- want: COMMENT ON POLICY mine
CREATE TABLE docs (id int, owner text);
ALTER TABLE docs ENABLE ROW LEVEL SECURITY;
ALTER TABLE docs FORCE ROW LEVEL SECURITY;
CREATE POLICY mine ON docs FOR SELECT TO reader, "odd role" USING (owner = current_user);
CREATE POLICY strict ON docs AS RESTRICTIVE FOR INSERT WITH CHECK (id > 0);
CREATE POLICY everything ON docs USING (true) WITH CHECK (EXISTS (SELECT 1 FROM docs AS d WHERE d.id = docs.id));
COMMENT ON POLICY mine ON docs IS 'only mine';
