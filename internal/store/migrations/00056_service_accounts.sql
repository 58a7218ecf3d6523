-- +goose Up
-- A member that is a program: it has API tokens, and no way to sign in.
ALTER TABLE member ADD COLUMN service BOOLEAN NOT NULL DEFAULT FALSE;

-- +goose Down
ALTER TABLE member DROP COLUMN service;
