-- +goose Up
-- The mail that brings a member the link of an invitation. It goes with the invitation.
CREATE TABLE invitation_mail (
    id TEXT PRIMARY KEY REFERENCES credential (id) ON DELETE CASCADE,
    member_id TEXT NOT NULL,
    invited_by TEXT NOT NULL, -- who invites, as the mail says
    encrypted_secret BYTEA, -- of the link; NULL once nothing is sent any more
    expires_at BIGINT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    reason TEXT NOT NULL, -- why the last attempt failed
    created_at BIGINT NOT NULL,
    tried_at BIGINT -- the last attempt
);
CREATE INDEX invitation_mail_member ON invitation_mail (member_id);

-- +goose Down
DROP TABLE invitation_mail;
