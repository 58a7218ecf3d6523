-- +goose Up
-- On whose order a migration is undone, as JSON; '' for a task that brings one.
ALTER TABLE task ADD COLUMN undoing TEXT NOT NULL DEFAULT '';
ALTER TABLE change_history ADD COLUMN undoing TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE change_history DROP COLUMN undoing;
ALTER TABLE task DROP COLUMN undoing;
