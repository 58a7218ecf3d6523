-- want: 'sad', 'meh', 'ok', 'it''s great; yes'
CREATE TYPE mood AS ENUM ('sad', 'ok', 'it''s great; yes');
ALTER TYPE mood ADD VALUE 'meh' BEFORE 'ok';
CREATE TABLE t (m mood, many mood[]);
CREATE TYPE "Odd Type" AS ENUM ();
