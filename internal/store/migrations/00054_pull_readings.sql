-- +goose Up
ALTER TABLE approval ADD COLUMN pull_request BIGINT NOT NULL DEFAULT 0; -- 0 for an answer to Towpath

-- What was last read of the pull request of a stage that waits for consent.
CREATE TABLE pull_reading (
    rollout_id TEXT NOT NULL REFERENCES rollout (id) ON DELETE CASCADE,
    environment_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    link_id TEXT NOT NULL,
    evidence TEXT NOT NULL,
    pull_request BIGINT NOT NULL, -- 0 when none is known
    commit_hash TEXT NOT NULL, -- as which it was looked for
    doubts TEXT NOT NULL, -- why approvals do not count, as JSON
    read_at BIGINT, -- NULL when it was never read to the end
    PRIMARY KEY (rollout_id, environment_id)
);

-- +goose Down
DROP TABLE pull_reading;
ALTER TABLE approval DROP COLUMN pull_request;
