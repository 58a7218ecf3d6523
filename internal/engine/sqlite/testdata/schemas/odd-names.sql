-- want: "a ""quoted"" name"
-- want: [select]
-- want: `back``tick`
CREATE TABLE "a ""quoted"" name" ("select" INT, "" TEXT, "semi;colon" INT, "--" INT, "/*" INT);
CREATE TABLE [select] ([order by] INT, [x.y] INT, [it's] INT);
CREATE TABLE `back``tick` (`b``c` INT);
CREATE INDEX "i;i" ON [select] ([x.y]);
CREATE VIEW "group" AS SELECT "select" AS "from" FROM "a ""quoted"" name";
