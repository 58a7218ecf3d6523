-- +goose Up
CREATE TABLE reading (
    link_id TEXT PRIMARY KEY REFERENCES repository_link (id) ON DELETE CASCADE,
    since TEXT NOT NULL,
    commit_hash TEXT NOT NULL,
    whole BOOLEAN NOT NULL,
    removed TEXT NOT NULL
);

CREATE TABLE reading_file (
    link_id TEXT NOT NULL REFERENCES reading (link_id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('matched', 'ignored')),
    reason TEXT NOT NULL,
    size BIGINT NOT NULL,
    version TEXT NOT NULL,
    type TEXT NOT NULL,
    label TEXT NOT NULL,
    description TEXT NOT NULL,
    checksum TEXT NOT NULL, -- '' until the file was read
    environment TEXT NOT NULL,
    database_name TEXT NOT NULL,
    PRIMARY KEY (link_id, path)
);

-- +goose Down
DROP TABLE reading_file;
DROP TABLE reading;
