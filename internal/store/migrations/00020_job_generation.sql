-- +goose Up
ALTER TABLE job RENAME COLUMN wanted TO generation;
ALTER TABLE job RENAME COLUMN seen TO observed_generation;

-- +goose Down
ALTER TABLE job RENAME COLUMN generation TO wanted;
ALTER TABLE job RENAME COLUMN observed_generation TO seen;
