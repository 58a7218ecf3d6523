-- +goose Up
CREATE TABLE branch_review (
    id TEXT PRIMARY KEY,
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL,
    branch TEXT NOT NULL,
    head TEXT NOT NULL, -- the newest that was seen; '' when the branch is gone
    read_head TEXT NOT NULL, -- whose files branch_file has; '' for none
    base TEXT NOT NULL,
    reviewed_head TEXT NOT NULL, -- that the findings are about; '' for none
    state TEXT NOT NULL,
    reason TEXT NOT NULL, -- '' for none
    verdict TEXT NOT NULL,
    merge_order TEXT NOT NULL, -- reasons
    judged BOOLEAN NOT NULL,
    generation BIGINT NOT NULL,
    files BIGINT NOT NULL,
    errors BIGINT NOT NULL,
    warnings BIGINT NOT NULL,
    sent TEXT NOT NULL, -- what the provider was last told
    wanted_at BIGINT NOT NULL,
    reviewed_at BIGINT,
    ended_at BIGINT
);
CREATE UNIQUE INDEX branch_review_branch ON branch_review (link_id, branch);

CREATE TABLE branch_file (
    review_id TEXT NOT NULL REFERENCES branch_review (id) ON DELETE CASCADE,
    path TEXT NOT NULL,
    removed BOOLEAN NOT NULL,
    objects TEXT NOT NULL, -- that the file changes
    state TEXT NOT NULL,
    reason TEXT NOT NULL, -- '' for none
    size BIGINT NOT NULL,
    version TEXT NOT NULL,
    type TEXT NOT NULL,
    label TEXT NOT NULL,
    description TEXT NOT NULL,
    checksum TEXT NOT NULL,
    environment TEXT NOT NULL,
    database_name TEXT NOT NULL,
    commit_hash TEXT NOT NULL,
    PRIMARY KEY (review_id, path)
);
CREATE INDEX branch_file_checksum ON branch_file (checksum);

CREATE TABLE branch_reviewed_file (
    review_id TEXT NOT NULL REFERENCES branch_review (id) ON DELETE CASCADE,
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
    PRIMARY KEY (review_id, position)
);

-- +goose Down
DROP TABLE branch_reviewed_file;
DROP TABLE branch_file;
DROP TABLE branch_review;
