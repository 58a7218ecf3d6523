-- want: 'it''s; $x$'
-- want: gen_random_uuid()
-- want: DEFAULT now() NOT NULL
CREATE TABLE d (a int DEFAULT 1, b text DEFAULT 'it''s; $x$', c timestamptz NOT NULL DEFAULT now(), d int DEFAULT (1 + 2) * 3,
  e text DEFAULT E'line\nbreak\\', f jsonb DEFAULT '{"a": [1]}', g uuid DEFAULT gen_random_uuid(), h int[] DEFAULT '{1,2}', i text DEFAULT NULL);
