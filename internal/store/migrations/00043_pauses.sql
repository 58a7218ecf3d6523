-- +goose Up
-- What people keep from starting.
CREATE TABLE pause (
    id TEXT PRIMARY KEY,
    scope TEXT NOT NULL,
    subject_id TEXT NOT NULL, -- '' for everything
    project_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    why TEXT NOT NULL,
    paused_at BIGINT NOT NULL,
    UNIQUE (scope, subject_id)
);

-- When people want what waits at a gate to start.
CREATE TABLE schedule (
    id TEXT PRIMARY KEY,
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    evidence TEXT NOT NULL,
    start_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    UNIQUE (link_id, environment_id)
);

-- +goose Down
DROP TABLE schedule;
DROP TABLE pause;
