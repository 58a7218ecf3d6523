-- want: numeric(10,2)
-- want: interval year to month
-- want: timestamp(0) without time zone
-- want: bit varying(8)
CREATE TABLE kinds (a smallint, b integer, c bigint, d numeric(10,2), e real, f double precision, g boolean, h char(3), i varchar(20),
  j text, k bytea, l date, m time(3), n timestamp(0), o timestamptz, p interval year to month, q uuid, r json, s jsonb, t inet, u cidr,
  v macaddr, w bit(4), x bit varying(8), y xml, z tsvector, aa int[], bb text[][], cc numeric, dd point, ee int4range, ff money, gg name, hh oid);
