-- +goose Up
CREATE TABLE rollout_review (
    rollout_id TEXT PRIMARY KEY REFERENCES rollout (id) ON DELETE CASCADE,
    link_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    generation BIGINT NOT NULL, -- how often it was asked for
    state TEXT NOT NULL,
    reason TEXT NOT NULL, -- '' for none
    reviewed_at BIGINT,
    errors BIGINT NOT NULL,
    warnings BIGINT NOT NULL
);
CREATE INDEX rollout_review_open ON rollout_review (link_id) WHERE state <> 'done';

CREATE TABLE reviewed_file (
    rollout_id TEXT NOT NULL REFERENCES rollout (id) ON DELETE CASCADE,
    position BIGINT NOT NULL,
    path TEXT NOT NULL,
    label TEXT NOT NULL,
    checksum TEXT NOT NULL,
    commit_hash TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    environment TEXT NOT NULL,
    against TEXT NOT NULL,
    databases BIGINT NOT NULL,
    statements BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    warnings BIGINT NOT NULL,
    reason TEXT NOT NULL, -- '' for none
    notes TEXT NOT NULL, -- findings, what was not analysed, what comments allow
    PRIMARY KEY (rollout_id, position)
);
CREATE INDEX reviewed_file_commit ON reviewed_file (commit_hash);

-- The file towpath.yaml of a link's branch, once it was looked for.
CREATE TABLE policy_file (
    link_id TEXT PRIMARY KEY REFERENCES repository_link (id) ON DELETE CASCADE,
    path TEXT NOT NULL, -- '' when there is none
    text TEXT NOT NULL,
    reason TEXT NOT NULL,
    read_at BIGINT NOT NULL
);

-- +goose Down
DROP TABLE policy_file;
DROP TABLE reviewed_file;
DROP TABLE rollout_review;
