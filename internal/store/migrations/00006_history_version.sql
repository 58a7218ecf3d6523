-- +goose Up
CREATE INDEX change_history_version ON change_history (database_id, version, type);

-- +goose Down
DROP INDEX change_history_version;
