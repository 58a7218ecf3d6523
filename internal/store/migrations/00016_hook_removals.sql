-- +goose Up
CREATE TABLE hook_removal (
    id TEXT PRIMARY KEY, -- of the link, which may be gone or not there yet
    project_id TEXT NOT NULL REFERENCES project (id),
    grant_id TEXT NOT NULL, -- may be gone
    repository_id TEXT NOT NULL,
    repository_name TEXT NOT NULL,
    repository_url TEXT NOT NULL,
    hook_key TEXT NOT NULL,
    hook_url TEXT NOT NULL,
    since BIGINT NOT NULL,
    reason TEXT NOT NULL,
    given_up BOOLEAN NOT NULL
);
CREATE INDEX hook_removal_project ON hook_removal (project_id, id);
CREATE INDEX hook_removal_grant ON hook_removal (grant_id, id);

-- +goose Down
DROP TABLE hook_removal;
