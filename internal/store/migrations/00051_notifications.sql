-- +goose Up
-- Where notifications are sent.
CREATE TABLE receiver (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    host TEXT NOT NULL, -- of the address; '' for mail
    encrypted_url BYTEA,
    encrypted_secret BYTEA,
    addresses TEXT NOT NULL, -- of mail, as JSON
    project_id TEXT NOT NULL, -- '' for all
    environment_id TEXT NOT NULL, -- '' for all
    events TEXT NOT NULL, -- as JSON
    created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX receiver_name ON receiver (name);

-- The states that receivers were told of, until they end.
CREATE TABLE occasion (
    link_id TEXT NOT NULL,
    environment_id TEXT NOT NULL, -- '' for a link's own
    event TEXT NOT NULL,
    key TEXT NOT NULL,
    rollout_id TEXT NOT NULL, -- '' for a link's own
    since BIGINT NOT NULL,
    PRIMARY KEY (link_id, environment_id, event, key)
);

-- What was sent there, or is to be sent.
CREATE TABLE notification (
    id TEXT PRIMARY KEY,
    receiver_id TEXT NOT NULL REFERENCES receiver (id) ON DELETE CASCADE,
    project_id TEXT NOT NULL, -- '' for a test
    facts TEXT NOT NULL, -- as JSON
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    reason TEXT NOT NULL, -- why the last attempt failed
    created_at BIGINT NOT NULL,
    tried_at BIGINT -- the last attempt
);
CREATE INDEX notification_receiver ON notification (receiver_id, id);
CREATE INDEX notification_created ON notification (created_at);

-- +goose Down
DROP TABLE notification;
DROP TABLE occasion;
DROP TABLE receiver;
