-- +goose Up
CREATE INDEX task_line ON task (rollout_id, database_id, sequence, id) WHERE state = 'pending';
CREATE INDEX task_held ON task (rollout_id) WHERE state = 'held';

-- +goose Down
DROP INDEX task_held;
DROP INDEX task_line;
