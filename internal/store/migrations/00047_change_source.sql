-- +goose Up
-- Where an imported change came from, as JSON.
ALTER TABLE change_history ADD COLUMN source TEXT NOT NULL DEFAULT 'null';

-- +goose Down
ALTER TABLE change_history DROP COLUMN source;
