-- +goose Up
-- A database's baseline of a link, where it differs from the link's baselined_up_to.
CREATE TABLE link_baseline (
    link_id TEXT NOT NULL REFERENCES repository_link (id) ON DELETE CASCADE,
    database_id TEXT NOT NULL REFERENCES "database" (id) ON DELETE CASCADE,
    version TEXT NOT NULL, -- canonical; '' for none of the files
    PRIMARY KEY (link_id, database_id)
);

-- +goose Down
DROP TABLE link_baseline;
