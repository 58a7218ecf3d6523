-- want: OF public.pt (
-- want: y WITH OPTIONS DEFAULT 5
CREATE TYPE pt AS (x int, y int);
CREATE TABLE typed OF pt (PRIMARY KEY (x), y DEFAULT 5);
CREATE TABLE plain OF pt;
CREATE TYPE nothing AS ();
CREATE TYPE no_label AS ENUM ();
