-- want: CREATE INDEX plain ON t (a)
-- want: b DESC
CREATE TABLE t (a, b, c);
CREATE INDEX plain ON t (a);
CREATE INDEX several ON t (a ASC, b DESC, c);
CREATE INDEX "odd ""index"" too" ON t ([c]);
