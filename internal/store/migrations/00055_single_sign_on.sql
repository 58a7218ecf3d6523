-- +goose Up
-- Who a member is at the OpenID Connect provider; '' before the first single sign-on.
ALTER TABLE member ADD COLUMN issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE member ADD COLUMN subject TEXT NOT NULL DEFAULT '';
CREATE UNIQUE INDEX member_subject ON member (issuer, subject) WHERE subject <> '';

-- +goose Down
DROP INDEX member_subject;
ALTER TABLE member DROP COLUMN subject;
ALTER TABLE member DROP COLUMN issuer;
