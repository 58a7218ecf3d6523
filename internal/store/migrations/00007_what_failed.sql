-- +goose Up
ALTER TABLE task ADD COLUMN error TEXT NOT NULL DEFAULT '';
UPDATE task SET error = reason WHERE state IN ('failed', 'unknown');
ALTER TABLE attempt ADD COLUMN in_database TEXT NOT NULL DEFAULT '';
ALTER TABLE statement_log ADD COLUMN undone BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE statement_log DROP COLUMN undone;
ALTER TABLE attempt DROP COLUMN in_database;
ALTER TABLE task DROP COLUMN error;
