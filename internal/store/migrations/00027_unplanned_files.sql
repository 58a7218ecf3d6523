-- +goose Up
-- How many files of a link the last plan could not place.
ALTER TABLE repository_link ADD COLUMN unplanned_files BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE repository_link DROP COLUMN unplanned_files;
