-- +goose Up
-- The levels of the SQL review in an environment, as JSON.
ALTER TABLE environment ADD COLUMN review_policy TEXT NOT NULL DEFAULT '{}';

-- +goose Down
ALTER TABLE environment DROP COLUMN review_policy;
