-- +goose Up
-- How changes start in an environment: automatic or manual.
ALTER TABLE environment ADD COLUMN start_mode TEXT NOT NULL DEFAULT 'automatic';

-- +goose Down
ALTER TABLE environment DROP COLUMN start_mode;
