-- +goose Up
-- Patterns of files that a link ignores, as a list in JSON.
ALTER TABLE repository_link ADD COLUMN exclude_paths TEXT NOT NULL DEFAULT '[]';

-- +goose Down
ALTER TABLE repository_link DROP COLUMN exclude_paths;
