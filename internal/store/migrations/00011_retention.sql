-- +goose Up
CREATE INDEX change_history_rollout ON change_history (rollout_id);
CREATE INDEX attempt_finished ON attempt (finished_at);

-- +goose Down
DROP INDEX attempt_finished;
DROP INDEX change_history_rollout;
