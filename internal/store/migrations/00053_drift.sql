-- +goose Up
-- What is known of the schema of each database.
CREATE TABLE schema_check (
    database_id TEXT PRIMARY KEY REFERENCES "database" (id) ON DELETE CASCADE,
    base TEXT NOT NULL, -- checksum of the schema that it should have; '' when that is not known
    change_id TEXT NOT NULL, -- the newest change that base has
    found TEXT NOT NULL, -- checksum of the schema that it had last; '' when that is not known
    checked_at BIGINT,
    error TEXT NOT NULL, -- why nothing can be said since
    told TEXT NOT NULL -- of which drifts receivers were told
);

-- Differences in schemas that no change made.
CREATE TABLE drift (
    id TEXT PRIMARY KEY,
    database_id TEXT NOT NULL REFERENCES "database" (id) ON DELETE CASCADE,
    schema_before TEXT NOT NULL,
    schema_after TEXT NOT NULL,
    change_id TEXT NOT NULL, -- of the change that ran with it; '' for a difference that can still go
    seen_at BIGINT NOT NULL,
    settled_at BIGINT,
    accepted_by TEXT NOT NULL,
    why TEXT NOT NULL
);
CREATE INDEX drift_database ON drift (database_id, id);
CREATE INDEX drift_open ON drift (database_id) WHERE settled_at IS NULL;

-- +goose Down
DROP TABLE drift;
DROP TABLE schema_check;
