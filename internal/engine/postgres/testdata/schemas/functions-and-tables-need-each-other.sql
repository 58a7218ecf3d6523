CREATE FUNCTION next_code() RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN (SELECT count(*)::text FROM orders); END $$;
CREATE TABLE orders (id int, code text DEFAULT next_code());
CREATE FUNCTION code_of(o orders) RETURNS text LANGUAGE sql AS 'SELECT o.code';
CREATE VIEW codes AS SELECT code_of(o) FROM orders AS o;
