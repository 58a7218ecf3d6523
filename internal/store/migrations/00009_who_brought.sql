-- +goose Up
ALTER TABLE manifest_file ADD COLUMN commit_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE reading_file ADD COLUMN commit_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE repository_link ADD COLUMN waiting_status TEXT NOT NULL DEFAULT 'stopped'
    CHECK (waiting_status IN ('stopped', 'successful'));

CREATE TABLE link_commit (
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    commit_hash TEXT NOT NULL,
    message TEXT NOT NULL,
    author TEXT NOT NULL,
    url TEXT NOT NULL,
    PRIMARY KEY (link_id, commit_hash)
);

CREATE TABLE commit_note (
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    commit_hash TEXT NOT NULL,
    path TEXT NOT NULL,
    note TEXT NOT NULL,
    PRIMARY KEY (link_id, commit_hash, path)
);

-- +goose Down
DROP TABLE commit_note;
DROP TABLE link_commit;
ALTER TABLE repository_link DROP COLUMN waiting_status;
ALTER TABLE reading_file DROP COLUMN commit_hash;
ALTER TABLE manifest_file DROP COLUMN commit_hash;
