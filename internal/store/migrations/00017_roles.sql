-- +goose Up
ALTER TABLE environment ADD COLUMN allow_roles BOOLEAN NOT NULL DEFAULT FALSE;
-- The verdict of a text where roles may not be changed; older verdicts are computed again.
DELETE FROM text_verdict;
ALTER TABLE text_verdict ADD COLUMN roles TEXT NOT NULL DEFAULT '';

-- +goose Down
ALTER TABLE text_verdict DROP COLUMN roles;
ALTER TABLE environment DROP COLUMN allow_roles;
