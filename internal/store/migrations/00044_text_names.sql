-- +goose Up
-- What a repeatable file makes and mentions, which says in what order such files run.
ALTER TABLE text_verdict ADD COLUMN names TEXT NOT NULL DEFAULT 'null'; -- of schema.Names; null when not read

-- +goose Down
ALTER TABLE text_verdict DROP COLUMN names;
