-- +goose Up
ALTER TABLE environment ADD COLUMN allow_roles BOOLEAN NOT NULL DEFAULT FALSE;
-- What a text's verdict is where roles may not be changed; what was said without it is read again.
DELETE FROM text_verdict;
ALTER TABLE text_verdict ADD COLUMN roles TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE text_verdict DROP COLUMN roles;
ALTER TABLE environment DROP COLUMN allow_roles;
