-- +goose Up
-- The kind of database that a file is for; '' for every kind.
ALTER TABLE manifest_file ADD COLUMN engine TEXT NOT NULL DEFAULT '';
ALTER TABLE branch_file ADD COLUMN engine TEXT NOT NULL DEFAULT '';
ALTER TABLE reading_file ADD COLUMN engine TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE reading_file DROP COLUMN engine;
ALTER TABLE branch_file DROP COLUMN engine;
ALTER TABLE manifest_file DROP COLUMN engine;
