-- +goose Up
-- Who said that the database has a migration already, as JSON; '' for nobody.
ALTER TABLE task ADD COLUMN mark TEXT NOT NULL DEFAULT '';
ALTER TABLE change_history ADD COLUMN mark TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE change_history DROP COLUMN mark;
ALTER TABLE task DROP COLUMN mark;
