-- +goose Up
-- Another tool's table that was accepted, as JSON, and when it was seen that the tool still writes.
ALTER TABLE "database" ADD COLUMN history TEXT NOT NULL DEFAULT 'null';
ALTER TABLE "database" ADD COLUMN history_written_at BIGINT;

-- +goose Down
ALTER TABLE "database" DROP COLUMN history_written_at;
ALTER TABLE "database" DROP COLUMN history;
