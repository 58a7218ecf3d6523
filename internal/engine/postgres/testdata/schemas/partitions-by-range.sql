-- want: PARTITION BY RANGE (at)
-- want: ATTACH PARTITION public.events_2025 FOR VALUES FROM
-- want: DEFAULT
-- want: CREATE INDEX only_here
CREATE TABLE events (id bigint NOT NULL, at timestamptz NOT NULL DEFAULT now(), kind text CHECK (kind <> ''), PRIMARY KEY (id, at)) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE INDEX events_kind ON events (kind);
CREATE INDEX only_here ON events_2025 (at);
ALTER TABLE events_2025 ALTER COLUMN kind SET DEFAULT 'old';
