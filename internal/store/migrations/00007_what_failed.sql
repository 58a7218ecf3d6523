-- +goose Up
ALTER TABLE task ADD COLUMN error TEXT NOT NULL DEFAULT '';
UPDATE task SET error = reason WHERE state IN ('failed', 'unknown');
ALTER TABLE attempt ADD COLUMN in_database TEXT NOT NULL DEFAULT '';
ALTER TABLE attempt ADD COLUMN kept BIGINT NOT NULL DEFAULT 0;
ALTER TABLE statement_log ADD COLUMN state TEXT NOT NULL DEFAULT 'done';
UPDATE statement_log SET state = 'unknown' WHERE attempt_id IN (SELECT id FROM attempt WHERE state <> 'done');
UPDATE statement_log SET state = 'failed' WHERE error <> '';

-- +goose Down
ALTER TABLE statement_log DROP COLUMN state;
ALTER TABLE attempt DROP COLUMN kept;
ALTER TABLE attempt DROP COLUMN in_database;
ALTER TABLE task DROP COLUMN error;
