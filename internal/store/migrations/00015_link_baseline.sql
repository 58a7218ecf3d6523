-- +goose Up
-- Up to which version a database had a link's files when it was linked, where that is not the link's own baselined_up_to.
CREATE TABLE link_baseline (
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    database_id TEXT NOT NULL REFERENCES "database" (id) ON DELETE CASCADE,
    version TEXT NOT NULL, -- canonical; '' for none of the files
    PRIMARY KEY (link_id, database_id)
);

-- +goose Down
DROP TABLE link_baseline;
