-- +goose Up
ALTER TABLE credential ADD COLUMN scope TEXT NOT NULL DEFAULT 'full';
ALTER TABLE approval ADD COLUMN token TEXT NOT NULL DEFAULT ''; -- the name of the API token that answered

-- Where an environment asks for approvals outside.
CREATE TABLE approval_hook (
    environment_id TEXT PRIMARY KEY REFERENCES environment (id) ON DELETE CASCADE,
    url TEXT NOT NULL,
    encrypted_secret BYTEA NOT NULL,
    created_at BIGINT NOT NULL
);

-- What was asked there, once for each evidence of a rollout.
CREATE TABLE approval_request (
    id TEXT PRIMARY KEY,
    environment_id TEXT NOT NULL REFERENCES environment (id) ON DELETE CASCADE,
    rollout_id TEXT NOT NULL, -- '' for a test
    evidence TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    reason TEXT NOT NULL, -- why the last attempt failed
    created_at BIGINT NOT NULL,
    tried_at BIGINT -- the last attempt
);
CREATE UNIQUE INDEX approval_request_once ON approval_request (environment_id, rollout_id, evidence);
CREATE INDEX approval_request_rollout ON approval_request (rollout_id);

-- +goose Down
DROP TABLE approval_request;
DROP TABLE approval_hook;
ALTER TABLE approval DROP COLUMN token;
ALTER TABLE credential DROP COLUMN scope;
