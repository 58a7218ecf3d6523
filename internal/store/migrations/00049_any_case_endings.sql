-- +goose Up
ALTER TABLE repository_link ADD COLUMN any_case_endings BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE repository_link DROP COLUMN any_case_endings;
