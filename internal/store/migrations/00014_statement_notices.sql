-- +goose Up
ALTER TABLE statement_log ADD COLUMN notices TEXT NOT NULL DEFAULT '{}';

-- +goose Down
ALTER TABLE statement_log DROP COLUMN notices;
