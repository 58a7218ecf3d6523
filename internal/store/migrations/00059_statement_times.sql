-- +goose Up
ALTER TABLE statement_log ADD COLUMN started_at BIGINT; -- NULL where an earlier program kept none

-- +goose Down
ALTER TABLE statement_log DROP COLUMN started_at;
