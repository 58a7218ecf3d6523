-- +goose Up
-- Limits are in nanoseconds; 0 means not set.
ALTER TABLE environment ADD COLUMN lock_timeout BIGINT NOT NULL DEFAULT 0;
ALTER TABLE environment ADD COLUMN statement_timeout BIGINT NOT NULL DEFAULT 0;
ALTER TABLE environment ADD COLUMN max_lock_timeout BIGINT NOT NULL DEFAULT 0;
ALTER TABLE environment ADD COLUMN max_statement_timeout BIGINT NOT NULL DEFAULT 0;
ALTER TABLE project ADD COLUMN lock_timeout BIGINT NOT NULL DEFAULT 0;
ALTER TABLE project ADD COLUMN statement_timeout BIGINT NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN cancel_at BIGINT;

-- +goose Down
ALTER TABLE task DROP COLUMN cancel_at;
ALTER TABLE project DROP COLUMN statement_timeout;
ALTER TABLE project DROP COLUMN lock_timeout;
ALTER TABLE environment DROP COLUMN max_statement_timeout;
ALTER TABLE environment DROP COLUMN max_lock_timeout;
ALTER TABLE environment DROP COLUMN statement_timeout;
ALTER TABLE environment DROP COLUMN lock_timeout;
