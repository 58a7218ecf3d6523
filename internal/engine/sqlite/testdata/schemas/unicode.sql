-- want: größe
-- want: 表
-- want: 🐘
CREATE TABLE größe (straße TEXT DEFAULT 'Köln', 名前 TEXT CHECK (名前 <> '空'), "naïve é" INT);
CREATE TABLE 表 (列 INTEGER PRIMARY KEY);
CREATE INDEX "🐘" ON größe (名前);
CREATE VIEW "вид" AS SELECT 列 AS "столбец" FROM 表;
