-- +goose Up
-- The tokens of a verified provider, until they become a grant.
ALTER TABLE verification ADD COLUMN encrypted_token BYTEA;

-- +goose Down
ALTER TABLE verification DROP COLUMN encrypted_token;
