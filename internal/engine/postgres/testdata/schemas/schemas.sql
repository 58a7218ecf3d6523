-- want: "Odd Schema"."Odd ""Table"
CREATE SCHEMA shop;
CREATE SCHEMA "Odd Schema";
CREATE TABLE shop.a (id int);
CREATE TABLE "Odd Schema"."Odd ""Table" ("Odd Column" int);
