-- +goose Up
-- Where an instance's password is read from, env:NAME or file:/path; '' when it is encrypted here.
ALTER TABLE instance ADD COLUMN password_from TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE instance DROP COLUMN password_from;
