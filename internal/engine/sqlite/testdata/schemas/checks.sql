-- want: CONSTRAINT positive CHECK (n > 0)
-- want: typeof(b)
CREATE TABLE c (n INTEGER CONSTRAINT positive CHECK (n > 0), b, CHECK (typeof(b) IN ('text', 'null')),
  CONSTRAINT "n is not b" CHECK (n IS NOT b AND (b IS NULL OR b NOT LIKE '%;%')));
