-- +goose Up
ALTER TABLE task ADD COLUMN continue_after BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE task DROP COLUMN continue_after;
