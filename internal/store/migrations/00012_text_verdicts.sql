-- +goose Up
-- What an engine's rules say of a kept text, so that it is read once only.
CREATE TABLE text_verdict (
    checksum TEXT NOT NULL REFERENCES content (checksum) ON DELETE CASCADE,
    engine TEXT NOT NULL,
    rules TEXT NOT NULL, -- which program has said so; another one reads it again
    refusal TEXT NOT NULL, -- '' for none
    PRIMARY KEY (checksum, engine)
);

-- +goose Down
DROP TABLE text_verdict;
