-- +goose Up
-- What an environment asks for before changes start, as JSON. start_mode has the rest.
ALTER TABLE environment ADD COLUMN gate TEXT NOT NULL DEFAULT '{}';
ALTER TABLE task ADD COLUMN start_id TEXT NOT NULL DEFAULT '';
ALTER TABLE task ADD COLUMN pass TEXT NOT NULL DEFAULT '';
ALTER TABLE link_commit ADD COLUMN people TEXT NOT NULL DEFAULT '[]'; -- author and committer, as JSON

-- The commits that have changed each path of a link, as far as they are known.
CREATE TABLE file_commit (
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    commits TEXT NOT NULL, -- hashes as JSON
    PRIMARY KEY (link_id, path)
);

CREATE TABLE approval (
    id TEXT PRIMARY KEY,
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL,
    rollout_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    member_id TEXT NOT NULL,
    evidence TEXT NOT NULL,
    refused BOOLEAN NOT NULL,
    why TEXT NOT NULL,
    source TEXT NOT NULL,
    answered_at BIGINT NOT NULL,
    withdrawn_at BIGINT
);
CREATE INDEX approval_stage ON approval (link_id, environment_id);

CREATE TABLE stage_start (
    id TEXT PRIMARY KEY,
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    rollout_id TEXT NOT NULL,
    environment_id TEXT NOT NULL,
    member_id TEXT NOT NULL, -- '' when it started by itself
    evidence TEXT NOT NULL,
    glass TEXT NOT NULL, -- why an owner started it past the gate; '' when it was open
    started_at BIGINT NOT NULL
);
CREATE INDEX stage_start_link ON stage_start (link_id);

-- +goose Down
DROP TABLE stage_start;
DROP TABLE approval;
DROP TABLE file_commit;
ALTER TABLE link_commit DROP COLUMN people;
ALTER TABLE task DROP COLUMN pass;
ALTER TABLE task DROP COLUMN start_id;
ALTER TABLE environment DROP COLUMN gate;
