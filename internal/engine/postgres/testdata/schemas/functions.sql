-- want: VARIADIC xs integer[]
-- want: SECURITY DEFINER
-- want: SET search_path TO
-- want: COST 50
-- want: -- a comment
-- want: ROWS 7
-- want: LEAKPROOF
-- want: PARALLEL SAFE
CREATE FUNCTION plain(a int, b text DEFAULT 'x;y') RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT b || a::text; $$;
CREATE FUNCTION many(VARIADIC xs int[], OUT low int, OUT high int) LANGUAGE plpgsql STABLE COST 50 AS $body$
BEGIN -- a comment; 'with quotes'
  SELECT min(x), max(x) INTO low, high FROM unnest(xs) AS x;
END $body$;
CREATE FUNCTION rows_of() RETURNS TABLE (a int, b text) LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp ROWS 7 AS 'SELECT 1, ''x''';
CREATE FUNCTION plain(a bigint) RETURNS SETOF bigint LANGUAGE sql LEAKPROOF AS 'SELECT $1';
