-- +goose Up
-- The changes of the last weeks, for the start page.
CREATE INDEX change_history_finished ON change_history (finished_at, state, project_id, started_at);

-- +goose Down
DROP INDEX change_history_finished;
